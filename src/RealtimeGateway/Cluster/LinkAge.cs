namespace RealtimeGateway.Cluster;

/// <summary>
/// Says how late a batch is, without comparing clocks, from two sides. The difference between this node's monotonic time at the arrival and the sender's at
/// the sending is the way's length plus a constant; what exceeds the smallest difference seen (of the last 5 to 10 minutes, since clocks drift) is how much
/// slower it was than the fastest. And a batch with an echo cannot be older than the whole round: from what it echoes was sent, without the time that the sender
/// had held it.
/// </summary>
/// <remarks>
/// The second tells a sender whose clock stood still (a virtual machine that was suspended) from one whose batches are late, and it alone begins: the first
/// batches of a node may all have waited equally long. Until one has an echo, they are as late as can be.
/// </remarks>
internal sealed class LinkAge
{
    /// <summary>How late is what cannot be judged. Not so much that nothing can be added.</summary>
    public const long Unknown = long.MaxValue / 2;

    /// <summary>An echo of what was sent longer ago says nothing: clocks drift.</summary>
    private const long MaxEcho = BusLimits.ShortestWayLife;

    private readonly Lock _gate = new();
    private long _current = long.MaxValue;
    private long _previous = long.MaxValue;
    private long _windowStartedAt;

    /// <summary>Takes a batch's times and says how late it is: from 0 to <see cref="Unknown"/>.</summary>
    public long Observe(long now, long sentAt, EnvelopeEcho? echo)
    {
        // What the wire says may be anything; then so is the answer, but nothing breaks.
        var difference = unchecked(now - sentAt);
        var round = RoundOf(now, echo);
        lock (_gate)
        {
            Rotate(now);
            var shortest = Math.Min(_current, _previous);
            if (shortest == long.MaxValue)
            {
                if (round is null)
                {
                    return Unknown;
                }

                _current = unchecked(difference - round.Value);
                return round.Value;
            }

            var late = Math.Clamp(unchecked(difference - shortest), 0, Unknown);
            if (late > BusLimits.LateAfter && round <= BusLimits.LateAfter)
            {
                // It cannot be: the sender's clock has stood still. Any older difference is of the time before.
                (_current, _previous) = (unchecked(difference - round.Value), long.MaxValue);
                return round.Value;
            }

            _current = Math.Min(_current, difference);
            return round < late ? round.Value : late;
        }
    }

    /// <summary>From the sending of what is echoed to now, without the time for which it was held; null: not known.</summary>
    private static long? RoundOf(long now, EnvelopeEcho? echo)
    {
        if (echo is not var (sentAt, heldFor) || sentAt > now || sentAt < now - MaxEcho || heldFor is < 0 or > MaxEcho)
        {
            return null;
        }

        // The other clock may run a little faster.
        return Math.Max(0, now - sentAt - heldFor);
    }

    private void Rotate(long now)
    {
        var age = now - _windowStartedAt;
        if (age >= BusLimits.ShortestWayLife)
        {
            _previous = age >= 2 * BusLimits.ShortestWayLife ? long.MaxValue : _current;
            _current = long.MaxValue;
            _windowStartedAt = now;
        }
    }
}
