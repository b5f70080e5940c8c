namespace RealtimeGateway.Cluster;

/// <summary>
/// Whether a node answers: after five misses in a row callers are no longer made to wait for it, and it is asked for a sign of life twice a second. Whatever it
/// answers ends that. Not for several threads.
/// </summary>
internal struct Circuit
{
    private int _misses;
    private long _probedAt;

    /// <summary>Whether the node is taken for unreachable.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Tells of an answer. Returns whether that closed the circuit.</summary>
    public bool Answered()
    {
        var wasOpen = IsOpen;
        _misses = 0;
        IsOpen = false;
        return wasOpen;
    }

    /// <summary>Tells of a miss. Returns whether that opened the circuit.</summary>
    public bool Missed(long now)
    {
        if (IsOpen || ++_misses < BusLimits.MissesToOpen)
        {
            return false;
        }

        _probedAt = now;
        return IsOpen = true;
    }

    /// <summary>Whether the node is to be asked for a sign of life now.</summary>
    public bool TryProbe(long now)
    {
        if (!IsOpen || now - _probedAt < BusLimits.ProbeInterval)
        {
            return false;
        }

        _probedAt = now;
        return true;
    }
}
