namespace RealtimeGateway.Throttling;

/// <summary>
/// What one API key has used of one usage plan. It outlives changes of the plan: new limits take over the count of the period under way.
/// Used once for each connect, so a lock is cheap enough. Safe for any number of threads.
/// </summary>
internal sealed class KeyUsage(TimeProvider time)
{
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
            return _bucket?.TryTake() == false ? KeyVerdict.TooFast
                : _quota?.TryTake() == false ? KeyVerdict.OverQuota
                : KeyVerdict.Taken;
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
