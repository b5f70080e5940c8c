namespace RealtimeGateway.Throttling;

/// <summary>
/// What one API key has used of one usage plan. It outlives changes of the plan: new limits take over the count of the period under way.
/// Used once for each connect, so a lock is cheap enough. Safe for any number of threads.
/// </summary>
internal sealed class KeyUsage(TimeProvider time)
{
    /// <summary>For how many days it is known what was used on each: AWS's own bound for GetUsage.</summary>
    public const int DaysKept = 90;

    private readonly SortedDictionary<DateOnly, (long Used, long Remaining)> _days = [];
    private readonly Lock _gate = new();
    private KeyLimits? _limits;
    private TokenBucket? _bucket;
    private QuotaCounter? _quota;

    /// <summary>Counts one event under the limits of whoever asks.</summary>
    public KeyVerdict TryTake(KeyLimits limits)
    {
        lock (_gate)
        {
            if (limits != _limits)
            {
                Adapt(limits);
            }

            // The rate first: what is refused for being too fast must not use up the quota.
            var verdict = _bucket?.TryTake() == false ? KeyVerdict.TooFast
                : _quota?.TryTake() == false ? KeyVerdict.OverQuota
                : KeyVerdict.Taken;
            if (verdict == KeyVerdict.Taken)
            {
                Record();
            }

            return verdict;
        }
    }

    /// <summary>What was used on a day (UTC), and what was left of the quota when it was last used; without a quota nothing is ever left.</summary>
    public (long Used, long Remaining) OfDay(DateOnly day)
    {
        lock (_gate)
        {
            return _days.TryGetValue(day, out var recorded) ? recorded : (0, _quota?.Usage.Remaining ?? 0);
        }
    }

    private void Record()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        _days[today] = (_days.GetValueOrDefault(today).Used + 1, _quota?.Usage.Remaining ?? 0);
        while (_days.Count > DaysKept + 1)
        {
            _days.Remove(_days.Keys.First());
        }
    }

    private void Adapt(KeyLimits limits)
    {
        if (limits.Rate != _limits?.Rate)
        {
            _bucket = limits.Rate is { } rate ? new TokenBucket(rate.Rate, rate.Burst, time) : null;
        }

        if (limits.Quota != _limits?.Quota || limits.Period != _limits?.Period)
        {
            var used = _quota?.Usage;
            _quota = limits.Quota is { } quota ? new QuotaCounter(quota, limits.Period, offset: 0, time) : null;
            if (used is { } carried)
            {
                _quota?.Restore(carried);
            }
        }

        _limits = limits;
    }
}
