namespace RealtimeGateway.Throttling;

/// <summary>
/// Lets through <c>burst</c> requests at once and <c>rate</c> a second in the long run, as the throttles of API Gateway do
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html). Starts full. Safe for any number of threads:
/// no lock, no timer, no allocation.
/// </summary>
/// <remarks>
/// All state is one number: the moment at which the bucket will be full again (the "theoretical arrival time" of the generic cell rate
/// algorithm, ITU-T I.371). Taking moves it into the future; time passing fills the bucket by itself. Fractions are rounded against the
/// caller, so that in any time <c>t</c> never more than <c>rate × t + burst</c> are granted.
/// </remarks>
internal sealed class TokenBucket
{
    // 1/64 ns: fine enough that rounding costs under 0.2 % at ten million a second, coarse enough to count four years since the start.
    private const long UnitsPerSecond = 64_000_000_000;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _unitsPerToken;
    private readonly long _unitsOfBurst;
    private readonly int _burst;
    private long _fullAt;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="ratePerSecond">Requests a second in the long run: 0 (nothing after the burst) to 10,000,000; fractions are fine.</param>
    /// <param name="burst">Requests at once: 0 (nothing at all) or more. A burst that takes over a year to earn back is refused.</param>
    /// <param name="time">The clock; its timestamps count.</param>
    public TokenBucket(double ratePerSecond, int burst, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(burst);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ratePerSecond, 10_000_000);
        if (!(ratePerSecond >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(ratePerSecond));
        }

        const double YearInUnits = 365.0 * 24 * 60 * 60 * UnitsPerSecond;
        _time = time;
        _start = time.GetTimestamp();
        _burst = burst;
        if (ratePerSecond == 0)
        {
            // Such a bucket never fills: count tokens instead of time.
            _unitsPerToken = 0;
            return;
        }

        var unitsPerToken = Math.Ceiling(UnitsPerSecond / ratePerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unitsPerToken * Math.Max(burst, 1), YearInUnits, nameof(burst));
        _unitsPerToken = (long)unitsPerToken;
        _unitsOfBurst = _unitsPerToken * burst;
    }

    /// <summary>Takes <paramref name="count"/> tokens, all or none.</summary>
    /// <param name="count">At least 1; more than the burst is never granted.</param>
    public bool TryTake(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count > _burst)
        {
            return false;
        }

        if (_unitsPerToken == 0)
        {
            return TryTakeForever(count);
        }

        var cost = _unitsPerToken * count;
        var seen = Volatile.Read(ref _fullAt);
        while (true)
        {
            // Read anew in each turn: an old moment would reckon the tokens of another thread twice.
            var now = Now();
            var fullAt = Math.Max(seen, now) + cost;
            if (fullAt - now > _unitsOfBurst)
            {
                return false;
            }

            var actual = Interlocked.CompareExchange(ref _fullAt, fullAt, seen);
            if (actual == seen)
            {
                return true;
            }

            seen = actual;
        }
    }

    private bool TryTakeForever(int count)
    {
        var taken = Volatile.Read(ref _fullAt);
        while (taken + count <= _burst)
        {
            var actual = Interlocked.CompareExchange(ref _fullAt, taken + count, taken);
            if (actual == taken)
            {
                return true;
            }

            taken = actual;
        }

        return false;
    }

    private long Now() => (long)((Int128)(_time.GetTimestamp() - _start) * UnitsPerSecond / _time.TimestampFrequency);
}
