using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class QuotaCounterTests
{
    // Enumerations of the library are internal and cannot stand in the signature of a theory.
    [Theory]
    [InlineData("Day", 0, "2026-09-25T00:03:04Z", "2026-09-25", "2026-09-26")]
    [InlineData("Week", 0, "2026-09-25T12:00:00Z", "2026-09-20", "2026-09-27")]
    [InlineData("Week", 0, "2026-09-20T00:00:00Z", "2026-09-20", "2026-09-27")]
    [InlineData("Week", 1, "2026-09-20T23:59:59Z", "2026-09-14", "2026-09-21")]
    [InlineData("Week", 6, "2026-09-26T00:00:00Z", "2026-09-26", "2026-10-03")]
    [InlineData("Month", 0, "2026-09-25T00:00:00Z", "2026-09-01", "2026-10-01")]
    [InlineData("Month", 27, "2026-03-27T00:00:00Z", "2026-02-28", "2026-03-28")]
    [InlineData("Month", 9, "2026-01-09T23:59:59Z", "2025-12-10", "2026-01-10")]
    public void TryTake_Period_StartsAndEndsOnItsDays(string period, int offset, string now, string start, string end)
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
        var quota = new QuotaCounter(2, Enum.Parse<QuotaPeriod>(period), offset, time);
        var reset = new DateTimeOffset(DateOnly.Parse(end, CultureInfo.InvariantCulture), default, TimeSpan.Zero);

        Assert.Equal(DateOnly.Parse(start, CultureInfo.InvariantCulture), quota.Usage.PeriodStart);
        Assert.Equal(reset, quota.ResetsAt);
        Assert.True(quota.TryTake(2));
        time.SetUtcNow(reset.AddTicks(-1));
        Assert.False(quota.TryTake());
        time.SetUtcNow(reset);
        Assert.Equal(new QuotaUsage(DateOnly.FromDateTime(reset.UtcDateTime), 0, 2), quota.Usage);
        Assert.True(quota.TryTake());
    }

    [Fact]
    public void TryTake_Several_TakesAllOrNone()
    {
        var quota = new QuotaCounter(5, QuotaPeriod.Day, 0, new FakeTimeProvider());

        Assert.True(quota.TryTake(3));
        Assert.False(quota.TryTake(3));
        Assert.Equal(2, quota.Usage.Remaining);
        Assert.True(quota.TryTake(2));
        Assert.False(new QuotaCounter(0, QuotaPeriod.Day, 0, new FakeTimeProvider()).TryTake());
    }

    [Fact]
    public async Task TryTake_ManyThreads_GrantExactlyTheLimit()
    {
        var quota = new QuotaCounter(1_000_000, QuotaPeriod.Day, 0, new StandingClock());

        Assert.Equal(1_000_000, await StandingClock.CountOnTwoThreadsAsync(1_000_000, () => quota.TryTake()));
        Assert.Equal(new QuotaUsage(new DateOnly(1970, 1, 1), 1_000_000, 0), quota.Usage);
    }

    [Fact]
    public void Restore_OfThisPeriodOnly_SetsWhatIsUsed()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
        var quota = new QuotaCounter(10, QuotaPeriod.Day, 0, time);

        quota.Restore(new QuotaUsage(new DateOnly(2026, 9, 24), 10, 0));
        Assert.Equal(0, quota.Usage.Used);
        quota.Restore(new QuotaUsage(new DateOnly(2026, 9, 25), 9, 1));
        Assert.True(quota.TryTake());
        Assert.False(quota.TryTake());
    }

    [Fact]
    public void Constructor_OffsetOutsideItsPeriod_Throws()
    {
        var time = new FakeTimeProvider();
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuotaCounter(1, QuotaPeriod.Day, 1, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuotaCounter(1, QuotaPeriod.Week, 7, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuotaCounter(1, QuotaPeriod.Month, 28, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuotaCounter(-1, QuotaPeriod.Day, 0, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuotaCounter(QuotaCounter.MaxLimit + 1, QuotaPeriod.Day, 0, time));
    }
}
