namespace RealtimeGateway.Throttling;

/// <summary>
/// What one API key has used of one usage plan. It outlives changes of the plan: new limits take over the count of the period under way.
/// Used once for each connect, so a lock is cheap enough. Safe for any number of threads.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="fleet">Shares the limits with other nodes; null: this node is alone.</param>
/// <param name="name">Names the key and its plan in the fleet.</param>
internal sealed class KeyUsage(TimeProvider time, FleetLimits? fleet = null, string name = "")
{
    /// <summary>For how many days it is known what was used on each: AWS's own bound for GetUsage.</summary>
    public const int DaysKept = 90;

    private readonly SortedDictionary<DateOnly, (long Used, long Remaining)> _days = [];
    private readonly Lock _gate = new();
    private KeyLimits? _limits;
    private TokenBucket? _bucket;
    private QuotaCounter? _quota;
    private DateOnly _reportedPeriod;
    private long _fleetUsed;
    private long _unreported;

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

    /// <summary>What is to be told to the fleet of this key's quota; null: it has none.</summary>
    public QuotaReport? Report()
    {
        lock (_gate)
        {
            if (_quota is null || _limits is null)
            {
                return null;
            }

            FollowPeriod();
            return new($"{name}/{_limits.Period}/{_reportedPeriod:yyyy-MM-dd}", _reportedPeriod, _fleetUsed, _unreported);
        }
    }

    /// <summary>Takes over what the whole fleet has used.</summary>
    /// <param name="report">What was told.</param>
    /// <param name="total">The fleet's count, what was told included.</param>
    public void Accept(QuotaReport report, long total)
    {
        lock (_gate)
        {
            if (_quota is null)
            {
                return;
            }

            FollowPeriod();
            if (report.PeriodStart == _reportedPeriod)
            {
                _unreported -= report.Unreported;
                _fleetUsed = total;
                _quota.Restore(new(_reportedPeriod, total + _unreported, 0));
            }
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

    private void FollowPeriod()
    {
        var start = _quota!.Usage.PeriodStart;
        if (start != _reportedPeriod)
        {
            (_reportedPeriod, _fleetUsed, _unreported) = (start, 0, 0);
        }
    }

    private void Record()
    {
        if (_quota is not null)
        {
            FollowPeriod();
            _unreported++;
        }

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
            fleet?.Add($"key/{name}", _bucket);
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
