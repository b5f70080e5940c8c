using RealtimeGateway.Tests.Budgets;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class ThrottlesTests
{
    private readonly Throttles _throttles = new(TimeProvider.System);

    [Fact]
    public void Find_SameLimits_GivesTheBucketInUse()
    {
        var bucket = _throttles.Find("chat/prod/x", new RateLimit(1, 1));

        Assert.Same(bucket, _throttles.Find("chat/prod/x", new RateLimit(1, 1)));
        Assert.NotSame(bucket, _throttles.Find("chat/prod/x", new RateLimit(1, 2)));
        Assert.NotSame(bucket, _throttles.Find("chat/prod/y", new RateLimit(1, 1)));
    }

    [Fact]
    public void Find_NoLimits_GivesNone() => Assert.Null(_throttles.Find("x", null));

    [Fact]
    public void TryTake_RefusedByTheNarrow_LeavesTheWideAlone()
    {
        var none = _throttles.Find("narrow", new RateLimit(0, 0));
        var one = _throttles.Find("wide", new RateLimit(0, 1));

        Assert.False(Throttles.TryTake(none, one));
        Assert.True(Throttles.TryTake(null, one));
        Assert.False(Throttles.TryTake(null, one));
    }

    [Fact]
    public void TryTake_ForEachMessage_AllocatesNothing()
    {
        var narrow = _throttles.Find("narrow", new RateLimit(1_000_000, 1_000_000));
        var wide = _throttles.Find("wide", new RateLimit(1, 1));

        Assert.Equal(0, AllocationProbe.BytesPerCall(() => Throttles.TryTake(narrow, wide)));
        Assert.True(Throttles.TryTake(null, null));
    }
}
