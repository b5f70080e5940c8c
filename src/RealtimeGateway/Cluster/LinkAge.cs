namespace RealtimeGateway.Cluster;

/// <summary>
/// Says by how much a batch was slower than the fastest from the same node, without comparing clocks: the difference between this node's monotonic
/// time at the arrival and the sender's at the sending is the way's length plus a constant, and the smallest one seen has the shortest way in it. It is the
/// smallest of the last 5 to 10 minutes, since clocks drift.
/// </summary>
internal sealed class LinkAge
{
    private readonly Lock _gate = new();
    private long _current = long.MaxValue;
    private long _previous = long.MaxValue;
    private long _windowStartedAt;

    /// <summary>Takes a batch's times and says how late it is; never negative.</summary>
    public long Observe(long now, long sentAt)
    {
        // What the wire says may be anything; then so is the answer, but nothing breaks.
        var difference = unchecked(now - sentAt);
        lock (_gate)
        {
            var age = now - _windowStartedAt;
            if (age >= BusLimits.ShortestWayLife)
            {
                _previous = age >= 2 * BusLimits.ShortestWayLife ? long.MaxValue : _current;
                _current = long.MaxValue;
                _windowStartedAt = now;
            }

            _current = Math.Min(_current, difference);
            return Math.Max(0, unchecked(difference - Math.Min(_current, _previous)));
        }
    }
}
