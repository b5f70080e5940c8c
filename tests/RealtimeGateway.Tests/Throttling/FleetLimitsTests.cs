using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class FleetLimitsTests
{
    private static readonly KeyLimits TenAMonth = new(null, 10, QuotaPeriod.Month);

    private readonly FakeTimeProvider _time = new(new(2026, 9, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly FleetLimits _limits = new();
    private readonly Fleet _fleet = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchange_BucketInUse_TellsItsDemandAndTakesItsShare()
    {
        var throttles = new Throttles(_time, _limits);
        var bucket = throttles.Find("chat/prod/x", new RateLimit(100, 40))!;
        var idle = throttles.Find("chat/prod/idle", new RateLimit(100, 40))!;
        Assert.Equal(40, Granted(bucket, 100));

        _fleet.Shares["chat/prod/x/100/40"] = 0.25;
        _fleet.Nodes = 2;
        await ExchangeAsync();
        await ExchangeAsync();

        Assert.Equal([("chat/prod/x/100/40", 50), ("chat/prod/x/100/40", 25)], _fleet.Told.Select(told => (told.Name, told.Demand)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10, Granted(bucket, 100));
        Assert.Equal(20, Granted(idle, 100));
    }

    [Fact]
    public async Task Exchange_BucketThatOthersUse_IsToldAtZero()
    {
        var bucket = new Throttles(_time, _limits).Find("x", new RateLimit(100, 40))!;
        _fleet.Active.Add("x/100/40");
        _fleet.Shares["x/100/40"] = 0.05;
        await ExchangeAsync();
        await ExchangeAsync();

        Assert.Equal([("x/100/40", 0)], _fleet.Told.Select(told => (told.Name, told.Demand)));
        Assert.Equal(2, Granted(bucket, 100));
    }

    [Fact]
    public async Task Exchange_FleetAway_LeavesEverythingAsItIs()
    {
        var bucket = new Throttles(_time, _limits).Find("x", new RateLimit(100, 40))!;
        Granted(bucket, 10);
        _fleet.Shares["x/100/40"] = 0.5;
        await ExchangeAsync();
        _fleet.IsAway = true;
        Granted(bucket, 10);
        await ExchangeAsync();

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(20, Granted(bucket, 100));
    }

    [Fact]
    public async Task Exchange_Quota_CountsWhatTheFleetHasUsed()
    {
        var usage = new KeyUsage(_time, _limits, "plan/key");
        _limits.Add(usage);
        Take(usage, 3);

        _fleet.UsedByOthers["plan/key/Month/2026-09-01"] = 5;
        await ExchangeAsync();

        Assert.Equal(2, Take(usage, 10));
        await ExchangeAsync();
        await ExchangeAsync();
        Assert.Equal([(0, 3), (8, 2), (10, 0)], _fleet.Counted.Select(told => (told.FleetUsed, told.Unreported)));
    }

    [Fact]
    public async Task Exchange_QuotaWithTheFleetAway_GoesOnAloneAndIsToldLater()
    {
        var usage = new KeyUsage(_time, _limits, "plan/key");
        _limits.Add(usage);
        Take(usage, 3);
        _fleet.IsAway = true;
        await ExchangeAsync();
        Take(usage, 2);
        _fleet.IsAway = false;
        _fleet.UsedByOthers["plan/key/Month/2026-09-01"] = 4;
        await ExchangeAsync();

        Assert.Equal((0, 5), (_fleet.Counted[^1].FleetUsed, _fleet.Counted[^1].Unreported));
        Assert.Equal(1, Take(usage, 10));
    }

    [Fact]
    public async Task Exchange_NewPeriod_BeginsAtZero()
    {
        var usage = new KeyUsage(_time, _limits, "plan/key");
        _limits.Add(usage);
        Take(usage, 10);
        await ExchangeAsync();

        _time.Advance(TimeSpan.FromDays(10));
        Assert.Equal(4, Take(usage, 4));
        await ExchangeAsync();

        Assert.Equal(("plan/key/Month/2026-10-01", 0, 4), (_fleet.Counted[^1].Name, _fleet.Counted[^1].FleetUsed, _fleet.Counted[^1].Unreported));
    }

    private static int Granted(TokenBucket bucket, int attempts) => Enumerable.Range(0, attempts).Count(_ => bucket.TryTake());

    private static int Take(KeyUsage usage, int attempts) => Enumerable.Range(0, attempts).Count(_ => usage.TryTake(TenAMonth) == KeyVerdict.Taken);

    private Task ExchangeAsync() => _limits.ExchangeAsync(_fleet, TimeSpan.FromSeconds(1), Cancellation);

    /// <summary>A fleet that says what a test wants.</summary>
    private sealed class Fleet : IFleetQuotas
    {
        private readonly Dictionary<string, long> _totals = [];

        public List<BucketReport> Told { get; } = [];

        public List<QuotaReport> Counted { get; } = [];

        public Dictionary<string, double> Shares { get; } = [];

        public Dictionary<string, long> UsedByOthers { get; } = [];

        public List<string> Active { get; } = [];

        public int Nodes { get; set; } = 1;

        public bool IsAway { get; set; }

        public ValueTask<FleetQuotaAnswer?> ExchangeAsync(
            IReadOnlyList<BucketReport> buckets, IReadOnlyList<QuotaReport> quotas, CancellationToken cancellationToken)
        {
            if (IsAway)
            {
                return ValueTask.FromResult<FleetQuotaAnswer?>(null);
            }

            Told.AddRange(buckets);
            Counted.AddRange(quotas);
            foreach (var quota in quotas)
            {
                _totals[quota.Name] = _totals.GetValueOrDefault(quota.Name, UsedByOthers.GetValueOrDefault(quota.Name)) + quota.Unreported;
            }

            return ValueTask.FromResult<FleetQuotaAnswer?>(new(
                Nodes, [.. buckets.Select(bucket => Shares[bucket.Name])], [.. quotas.Select(quota => _totals[quota.Name])], [.. Active]));
        }
    }
}
