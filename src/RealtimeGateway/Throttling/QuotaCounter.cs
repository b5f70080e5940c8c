using RealtimeGateway.Apis;

namespace RealtimeGateway.Throttling;

/// <summary>
/// Counts the requests of one API key in a usage plan and refuses those over its quota
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html). Safe for any number of threads: no lock,
/// no timer, no allocation.
/// </summary>
/// <remarks>
/// State is one number, the period's first day and the count, so that a new period starts in one step. A clock that goes back leaves the
/// newer period in place. The offset is the day on which periods start; AWS's API reference speaks of requests instead, but the service refuses
/// every offset that is no such day, and its resource type says day
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-usageplan-quotasettings.html).
/// </remarks>
internal sealed class QuotaCounter
{
    /// <summary>The largest quota: about a trillion requests.</summary>
    public const long MaxLimit = CountMask;

    private const int CountBits = 40;
    private const long CountMask = (1L << CountBits) - 1;

    private readonly TimeProvider _time;
    private readonly long _limit;
    private readonly QuotaPeriod _period;
    private readonly int _offset;
    private long _state;

    /// <summary>Makes a counter with nothing used.</summary>
    /// <param name="limit">Requests in a period: 0 to <see cref="MaxLimit"/>.</param>
    /// <param name="period">The length of a period.</param>
    /// <param name="offset">Days after a period's usual start: 0 for a day, 0 to 6 for a week, 0 to 27 for a month.</param>
    /// <param name="time">The clock.</param>
    public QuotaCounter(long limit, QuotaPeriod period, int offset, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, MaxOffset(period));
        _time = time;
        _limit = limit;
        _period = period;
        _offset = offset;
        _state = Pack(CurrentPeriod(), 0);
    }

    /// <summary>The largest offset of a period, in days.</summary>
    public static int MaxOffset(QuotaPeriod period) => period switch
    {
        QuotaPeriod.Day => 0,
        QuotaPeriod.Week => 6,
        QuotaPeriod.Month => 27,
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };

    /// <summary>What is used and left now.</summary>
    public QuotaUsage Usage
    {
        get
        {
            var (start, used) = Unpack(Roll(Volatile.Read(ref _state)));
            return new QuotaUsage(DateOnly.FromDayNumber(start), used, Math.Max(0, _limit - used));
        }
    }

    /// <summary>When the next period starts.</summary>
    public DateTimeOffset ResetsAt
    {
        get
        {
            var start = Usage.PeriodStart;
            var next = _period switch
            {
                QuotaPeriod.Day => start.AddDays(1),
                QuotaPeriod.Week => start.AddDays(7),
                _ => start.AddMonths(1),
            };
            return new DateTimeOffset(next, TimeOnly.MinValue, TimeSpan.Zero);
        }
    }

    /// <summary>Takes <paramref name="count"/> requests from the quota, all or none.</summary>
    public bool TryTake(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var seen = Volatile.Read(ref _state);
        while (true)
        {
            var rolled = Roll(seen);
            if ((rolled & CountMask) + count > _limit)
            {
                return false;
            }

            var actual = Interlocked.CompareExchange(ref _state, rolled + count, seen);
            if (actual == seen)
            {
                return true;
            }

            seen = actual;
        }
    }

    /// <summary>Sets what is used: after a restart, or by UpdateUsage of the control plane. A period that is over is not taken over.</summary>
    /// <param name="usage">The start and count are taken; what is left follows from the limit.</param>
    public void Restore(QuotaUsage usage)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(usage.Used);
        if (usage.PeriodStart.DayNumber == CurrentPeriod())
        {
            Volatile.Write(ref _state, Pack(usage.PeriodStart.DayNumber, Math.Min(usage.Used, CountMask)));
        }
    }

    private long Roll(long state)
    {
        var current = CurrentPeriod();
        return current > state >> CountBits ? Pack(current, 0) : state;
    }

    private int CurrentPeriod()
    {
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        switch (_period)
        {
            case QuotaPeriod.Day:
                return today.DayNumber;
            case QuotaPeriod.Week:
                return today.DayNumber - (((int)today.DayOfWeek - _offset + 7) % 7);
            default:
                var start = new DateOnly(today.Year, today.Month, 1 + _offset);
                return (today < start ? start.AddMonths(-1) : start).DayNumber;
        }
    }

    private static long Pack(int day, long count) => ((long)day << CountBits) | count;

    private static (int Day, long Count) Unpack(long state) => ((int)(state >> CountBits), state & CountMask);
}
