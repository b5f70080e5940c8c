using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class KeyUsageTests
{
    private static readonly KeyLimits TwoADay = new(null, 2, QuotaPeriod.Day);
    private readonly FakeTimeProvider _time = new(new(2026, 9, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly KeyUsage _usage;

    public KeyUsageTests() => _usage = new KeyUsage(_time);

    [Fact]
    public void TryTake_UnlimitedPlan_TakesAll()
    {
        var limits = new KeyLimits(null, null, QuotaPeriod.Month);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(KeyVerdict.Taken, _usage.TryTake(limits)));
    }

    [Fact]
    public void TryTake_OverQuota_IsRefusedUntilThePeriodEnds()
    {
        Assert.Equal([KeyVerdict.Taken, KeyVerdict.Taken, KeyVerdict.OverQuota], Take(TwoADay, 3));

        _time.Advance(TimeSpan.FromHours(12));

        Assert.Equal(KeyVerdict.Taken, _usage.TryTake(TwoADay));
    }

    [Fact]
    public void TryTake_TooFast_CostsNoQuota()
    {
        var limits = new KeyLimits(new RateLimit(1, 1), 2, QuotaPeriod.Day);
        Assert.Equal([KeyVerdict.Taken, KeyVerdict.TooFast, KeyVerdict.TooFast], Take(limits, 3));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(KeyVerdict.Taken, _usage.TryTake(limits));
    }

    [Fact]
    public void TryTake_NewQuota_GoesOnFromWhatIsUsed()
    {
        Take(TwoADay, 2);

        Assert.Equal([KeyVerdict.Taken, KeyVerdict.OverQuota], Take(TwoADay with { Quota = 3 }, 2));
    }

    [Fact]
    public void TryTake_EqualLimitsOfANewConfiguration_KeepTheBucket()
    {
        var rate = new RateLimit(1, 1);
        Assert.Equal(KeyVerdict.Taken, _usage.TryTake(TwoADay with { Rate = rate }));

        Assert.Equal(KeyVerdict.TooFast, _usage.TryTake(TwoADay with { Rate = rate }));
    }

    private KeyVerdict[] Take(KeyLimits limits, int count) => [.. Enumerable.Range(0, count).Select(_ => _usage.TryTake(limits))];
}
