using CsCheck;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryTake_FullBucket_GrantsTheBurstAndNoMore()
    {
        var bucket = new TokenBucket(10, 5, _time);

        Assert.Equal(5, Granted(bucket, 20));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, Granted(bucket, 5));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Granted(bucket, 5));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Granted(bucket, 20));
    }

    [Fact]
    public void TryTake_Several_TakesAllOrNone()
    {
        var bucket = new TokenBucket(1, 5, _time);

        Assert.True(bucket.TryTake(3));
        Assert.False(bucket.TryTake(3));
        Assert.True(bucket.TryTake(2));
        Assert.False(bucket.TryTake());
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(bucket.TryTake(6));
        Assert.True(bucket.TryTake(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => bucket.TryTake(0));
    }

    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(100, 0, 0)]
    public void TryTake_WithoutRateOrBurst_GrantsTheBurstOnly(double rate, int burst, int expected)
    {
        var bucket = new TokenBucket(rate, burst, _time);

        var granted = Granted(bucket, 10);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(expected, granted + Granted(bucket, 10));
    }

    [Fact]
    public void TryTake_AnyArrivals_NeverExceedsAndLosesNothing() =>
        Gen.Select(Gen.Double[0.1, 20_000], Gen.Int[2, 200], Gen.Int[0, 5_000_000].Array[1, 200]).Sample(
            (rate, burst, steps) =>
            {
                var time = new FakeTimeProvider();
                var bucket = new TokenBucket(rate, burst, time);
                long granted = Granted(bucket, burst), ticks = 0;
                // So long a step that a drained bucket cannot overflow: then every token that time brings must be granted.
                var longest = (long)((burst - 1) / rate * TimeSpan.TicksPerSecond);
                foreach (var step in steps)
                {
                    ticks += Math.Min(step, longest);
                    time.Advance(TimeSpan.FromTicks(Math.Min(step, longest)));
                    while (bucket.TryTake())
                    {
                        granted++;
                    }

                    var earned = rate * ticks / TimeSpan.TicksPerSecond;
                    Assert.InRange(granted, burst + (earned * 0.9999) - 1, burst + earned + 1e-6);
                }
            },
            iter: 200,
            threads: 1);

    [Fact]
    public async Task TryTake_ManyThreads_NeverExceedRateAndBurst()
    {
        const int Rate = 1000, Burst = 50, Steps = 200;
        var bucket = new TokenBucket(Rate, Burst, _time);
        long granted = 0;
        var running = 4;
        var takers = Enumerable.Range(0, running).Select(_ => Task.Run(() =>
        {
            while (Volatile.Read(ref running) > 0)
            {
                if (bucket.TryTake())
                {
                    Interlocked.Increment(ref granted);
                }
            }
        })).ToList();
        for (var step = 1; step <= Steps; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.InRange(Volatile.Read(ref granted), 0, Burst + (Rate * step / 100));
        }

        Volatile.Write(ref running, 0);
        await Task.WhenAll(takers);
        granted += Granted(bucket, Burst * 2);

        Assert.InRange(granted, Burst, Burst + (Rate * Steps / 100));
    }

    [Fact]
    public async Task TryTake_ManyThreadsOnOneMoment_GrantExactlyTheBurst()
    {
        var bucket = new TokenBucket(10_000, 1_000_000, new StandingClock());

        Assert.Equal(1_000_000, await StandingClock.CountOnTwoThreadsAsync(1_000_000, () => bucket.TryTake()));
    }

    [Fact]
    public void TryTake_AllocatesNothing()
    {
        var bucket = new TokenBucket(10_000, 5_000, TimeProvider.System);
        Granted(bucket, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Granted(bucket, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(-1, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, -1)]
    [InlineData(1e-9, 1)]
    public void Constructor_SenselessLimits_Throw(double rate, int burst) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucket(rate, burst, _time));

    [Fact]
    public void SetShare_PartsOfTheWhole_GrantTogetherWhatTheWholeWould()
    {
        TokenBucket[] parts = [new(90, 30, _time), new(90, 30, _time), new(90, 30, _time)];
        foreach (var part in parts)
        {
            part.SetShare(1.0 / 3);
        }

        Assert.Equal(30, parts.Sum(part => Granted(part, 100)));
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal([3, 3, 3], parts.Select(part => Granted(part, 100)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([10, 10, 10], parts.Select(part => Granted(part, 100)));
    }

    [Fact]
    public void SetShare_Grown_MakesNoTokensButEarnsFaster()
    {
        var bucket = new TokenBucket(100, 50, _time);
        bucket.SetShare(0.2);
        Assert.Equal(4, Granted(bucket, 4));

        bucket.SetShare(1);

        Assert.Equal(6, Granted(bucket, 100));
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal(10, Granted(bucket, 100));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(50, Granted(bucket, 100));
    }

    [Fact]
    public void SetShare_OfLessThanAToken_StillEarnsOneAtATime()
    {
        var bucket = new TokenBucket(1, 5, _time);
        bucket.SetShare(0.01);
        Assert.Equal(1, Granted(bucket, 10));

        _time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal(0, Granted(bucket, 10));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(1, Granted(bucket, 10));
    }

    [Fact]
    public void SetShare_AnyChanges_GrantNoMoreThanRateAndBurstOfTheShares() =>
        Gen.Select(Gen.Double[0.5, 5_000], Gen.Int[1, 200], Gen.Select(Gen.Double[0.01, 1], Gen.Int[0, 500]).Array[1, 60]).Sample(
            (rate, burst, steps) =>
            {
                var time = new FakeTimeProvider();
                var bucket = new TokenBucket(rate, burst, time);
                bucket.SetShare(0.5);
                double earned = Math.Max(1, burst * 0.5), granted = Granted(bucket, burst);
                var share = 0.5;
                foreach (var (next, milliseconds) in steps)
                {
                    time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                    earned += rate * share * milliseconds / 1000;
                    share = next;
                    bucket.SetShare(share);
                    granted += Granted(bucket, burst);
                    Assert.True(granted <= earned + 1e-6, $"{granted} of {earned}");
                }
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void TakeAsked_CountsWhatWasRefusedToo_OnceThereIsAShare()
    {
        var bucket = new TokenBucket(1, 2, _time);
        Granted(bucket, 5);
        Assert.Equal(0, bucket.TakeAsked());

        bucket.SetShare(1);
        Granted(bucket, 7);

        Assert.Equal(7, bucket.TakeAsked());
        Assert.Equal(0, bucket.TakeAsked());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void SetShare_Senseless_Throws(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucket(1, 1, _time).SetShare(share));

    [Fact]
    public void TryTake_Shared_AllocatesNothing()
    {
        var bucket = new TokenBucket(10_000, 5_000, TimeProvider.System);
        bucket.SetShare(0.5);
        Granted(bucket, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Granted(bucket, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int Granted(TokenBucket bucket, int attempts)
    {
        var granted = 0;
        for (var i = 0; i < attempts; i++)
        {
            granted += bucket.TryTake() ? 1 : 0;
        }

        return granted;
    }
}
