namespace RealtimeGateway.Throttling;

/// <summary>
/// Lets through <c>burst</c> requests at once and <c>rate</c> a second in the long run, as the throttles of API Gateway do
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html). Starts full. Safe for any number of threads:
/// no lock, no timer, no allocation.
/// </summary>
/// <remarks>
/// All state is one number: the moment at which the bucket will be full again (the "theoretical arrival time" of the generic cell rate
/// algorithm, ITU-T I.371). Taking moves it into the future; time passing fills the bucket by itself. Fractions are rounded against the
/// caller, so that in any time <c>t</c> never more than <c>rate × t + burst</c> are granted. In a fleet the bucket of each node has a share of both;
/// a change of the share makes no tokens, so that what the nodes grant together stays within the same bound, but for one token each where the share
/// of the burst is less than one.
/// </remarks>
internal sealed class TokenBucket
{
    // 1/64 ns: fine enough that rounding costs under 0.2 % at ten million a second, coarse enough to count four years since the start.
    private const long UnitsPerSecond = 64_000_000_000;

    private readonly TimeProvider _time;
    private readonly long _start;
    private const long YearInUnits = 365L * 24 * 60 * 60 * UnitsPerSecond;

    private readonly Pace _whole;
    private readonly int _burst;
    private Pace _pace;
    private bool _isShared;
    private long _fullAt;
    private long _asked;

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

        _time = time;
        _start = time.GetTimestamp();
        _burst = burst;
        Rate = ratePerSecond;
        if (ratePerSecond == 0)
        {
            // Such a bucket never fills: count tokens instead of time.
            _pace = _whole = new Pace(0, 0);
            return;
        }

        var unitsPerToken = Math.Ceiling(UnitsPerSecond / ratePerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unitsPerToken * Math.Max(burst, 1), YearInUnits, nameof(burst));
        _pace = _whole = new Pace((long)unitsPerToken, (long)unitsPerToken * burst);
    }

    /// <summary>Requests a second, of the whole fleet.</summary>
    public double Rate { get; }

    /// <summary>Requests at once, of the whole fleet.</summary>
    public int Burst => _burst;

    /// <summary>How much has been asked for since the last call, granted or not; 0 until there is a share.</summary>
    public long TakeAsked() => Interlocked.Exchange(ref _asked, 0);

    /// <summary>
    /// From now on only a share of the rate and the burst is this bucket's. The tokens in it stay, as far as they have room. A bucket without a rate has no
    /// share. Called by one thread at a time, beside any number that take.
    /// </summary>
    /// <param name="share">Above 0, up to 1. However small, one token at a time can be earned.</param>
    public void SetShare(double share)
    {
        if (!(share is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share));
        }

        if (_whole.UnitsPerToken == 0)
        {
            return;
        }

        // The burst's worth of time is the same for every share: there are fewer tokens, and each takes longer.
        var perToken = (long)Math.Min(Math.Ceiling(_whole.UnitsPerToken / share), YearInUnits);
        var after = new Pace(perToken, _burst == 0 ? 0 : Math.Max(_whole.UnitsOfBurst, perToken));
        var before = _pace;
        Volatile.Write(ref _isShared, true);
        var seen = Volatile.Read(ref _fullAt);
        while (true)
        {
            var now = Now();
            var tokens = Math.Max(0.0, before.UnitsOfBurst - Math.Max(0, seen - now)) / before.UnitsPerToken;
            var fullAt = now + after.UnitsOfBurst - (long)Math.Min(tokens * after.UnitsPerToken, after.UnitsOfBurst);
            var actual = Interlocked.CompareExchange(ref _fullAt, fullAt, seen);
            if (actual == seen)
            {
                Volatile.Write(ref _pace, after);
                return;
            }

            seen = actual;
        }
    }

    /// <summary>Takes <paramref name="count"/> tokens, all or none.</summary>
    /// <param name="count">At least 1; more than the burst is never granted.</param>
    public bool TryTake(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (_isShared)
        {
            Interlocked.Add(ref _asked, count);
        }

        if (count > _burst)
        {
            return false;
        }

        var pace = Volatile.Read(ref _pace);
        if (pace.UnitsPerToken == 0)
        {
            return TryTakeForever(count);
        }

        var cost = pace.UnitsPerToken * count;
        var seen = Volatile.Read(ref _fullAt);
        while (true)
        {
            // Read anew in each turn: an old moment would reckon the tokens of another thread twice.
            var now = Now();
            var fullAt = Math.Max(seen, now) + cost;
            if (fullAt - now > pace.UnitsOfBurst)
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

    /// <summary>What a token and the burst take to be earned, in units of time. One object, so that both change in one step.</summary>
    private sealed record Pace(long UnitsPerToken, long UnitsOfBurst);
}
