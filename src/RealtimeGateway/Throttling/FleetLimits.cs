using System.Globalization;

namespace RealtimeGateway.Throttling;

/// <summary>
/// Makes limits hold for a whole fleet without any message waiting for it: each node has buckets of its own with a share of rate and burst, and once a second
/// tells what was asked of them and hears its new shares. Counts of quotas are told and heard with it. What the fleet cannot tell stays as it was.
/// </summary>
/// <remarks>
/// So the bounds are kept within seconds, not at every instant; AWS promises no more: "throttling and quotas are applied on a best-effort basis and
/// should be thought of as targets rather than guaranteed request ceilings"
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html).
/// </remarks>
internal sealed class FleetLimits
{
    /// <summary>How often nodes tell each other.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Of the quotas that are not being used here, how many are asked for at a time: others may use them.</summary>
    private const int IdleQuotasAtOnce = 100;

    private const int ReportsAtOnce = 500;
    private const double NoDemand = 0.01;

    private readonly Lock _gate = new();
    private readonly List<SharedBucket> _buckets = [];
    private readonly List<WeakReference<KeyUsage>> _usages = [];
    private HashSet<string> _active = new(StringComparer.Ordinal);
    private int _nodes = 1;
    private int _nextIdle;

    /// <summary>Shares a bucket with the fleet, for as long as it is used.</summary>
    /// <param name="place">What it bounds.</param>
    /// <param name="bucket">The bucket; null: no bound.</param>
    public void Add(string place, TokenBucket? bucket)
    {
        if (bucket is null)
        {
            return;
        }

        lock (_gate)
        {
            // Until the fleet has spoken of this bucket, an equal part is no other node's.
            bucket.SetShare(1.0 / _nodes);
            _buckets.Add(new(string.Create(CultureInfo.InvariantCulture, $"{place}/{bucket.Rate:r}/{bucket.Burst}"), new(bucket), 1.0 / _nodes));
        }
    }

    /// <summary>Shares what a key has used of its quota, for as long as it is used.</summary>
    public void Add(KeyUsage usage)
    {
        lock (_gate)
        {
            _usages.Add(new(usage));
        }
    }

    /// <summary>Tells and hears once.</summary>
    public async Task ExchangeAsync(IFleetQuotas fleet, TimeSpan sinceLast, CancellationToken cancellationToken)
    {
        var buckets = CollectBuckets(sinceLast);
        var usages = CollectUsages();
        for (var i = 0; i == 0 || i < Math.Max(buckets.Count, usages.Count); i += ReportsAtOnce)
        {
            var someBuckets = buckets.Skip(i).Take(ReportsAtOnce).ToArray();
            var someUsages = usages.Skip(i).Take(ReportsAtOnce).ToArray();
            var answer = await fleet.ExchangeAsync(
                [.. someBuckets.Select(static shared => new BucketReport(shared.Name, shared.Demand))], [.. someUsages.Select(static told => told.Report)], cancellationToken);
            if (answer is null)
            {
                return;
            }

            Apply(answer, someBuckets, someUsages);
        }
    }

    private List<SharedBucket> CollectBuckets(TimeSpan sinceLast)
    {
        lock (_gate)
        {
            _buckets.RemoveAll(static shared => !shared.Bucket.TryGetTarget(out _));
            var buckets = new List<SharedBucket>();
            foreach (var shared in _buckets)
            {
                if (!shared.Bucket.TryGetTarget(out var bucket))
                {
                    continue;
                }

                // Half of it new: a burst of a second counts for some, and is forgotten in ten.
                shared.Demand = (shared.Demand + (bucket.TakeAsked() / Math.Max(0.001, sinceLast.TotalSeconds))) / 2;
                shared.Demand = shared.Demand < NoDemand ? 0 : shared.Demand;
                if (shared.Demand > 0 || _active.Contains(shared.Name))
                {
                    buckets.Add(shared);
                }
                else
                {
                    shared.SetShare(bucket, 1.0 / _nodes);
                }
            }

            return buckets;
        }
    }

    private List<(KeyUsage Usage, QuotaReport Report)> CollectUsages()
    {
        WeakReference<KeyUsage>[] usages;
        lock (_gate)
        {
            _usages.RemoveAll(static usage => !usage.TryGetTarget(out _));
            usages = [.. _usages];
        }

        // Not under the lock: a key that is being used adds its bucket while it holds its own.
        var told = new List<(KeyUsage, QuotaReport)>();
        var first = _nextIdle;
        for (var i = 0; i < usages.Length; i++)
        {
            if (!usages[i].TryGetTarget(out var usage) || usage.Report() is not { } report)
            {
                continue;
            }

            var isItsTurn = i >= first && i < first + IdleQuotasAtOnce;
            if (report.Unreported > 0 || isItsTurn)
            {
                told.Add((usage, report));
            }
        }

        _nextIdle = first + IdleQuotasAtOnce >= usages.Length ? 0 : first + IdleQuotasAtOnce;
        return told;
    }

    private void Apply(FleetQuotaAnswer answer, SharedBucket[] buckets, (KeyUsage Usage, QuotaReport Report)[] usages)
    {
        lock (_gate)
        {
            _nodes = Math.Max(1, answer.Nodes);
            _active = answer.Active.ToHashSet(StringComparer.Ordinal);
            for (var i = 0; i < buckets.Length; i++)
            {
                if (buckets[i].Bucket.TryGetTarget(out var bucket))
                {
                    buckets[i].SetShare(bucket, Math.Clamp(answer.Shares[i], 1e-6, 1));
                }
            }
        }

        for (var i = 0; i < usages.Length; i++)
        {
            usages[i].Usage.Accept(usages[i].Report, answer.Totals[i]);
        }
    }

    private sealed class SharedBucket(string name, WeakReference<TokenBucket> bucket, double share)
    {
        private double _share = share;

        public string Name => name;

        public WeakReference<TokenBucket> Bucket => bucket;

        public double Demand { get; set; }

        public void SetShare(TokenBucket target, double share)
        {
            // A change that nobody could notice is none.
            if (Math.Abs(_share - share) > 0.005 * share)
            {
                _share = share;
                target.SetShare(share);
            }
        }
    }
}
