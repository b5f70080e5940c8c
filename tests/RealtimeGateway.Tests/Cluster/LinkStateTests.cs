using RealtimeGateway.Cluster;

namespace RealtimeGateway.Tests.Cluster;

public sealed class LinkStateTests
{
    private const long Minute = 60_000;

    [Fact]
    public void Age_IsWhatExceedsTheShortestWay()
    {
        var age = new LinkAge();
        Assert.Equal(0, age.Observe(now: 1_000_050, sentAt: 7));
        Assert.Equal(0, age.Observe(now: 1_000_140, sentAt: 100));
        Assert.Equal(3_001, age.Observe(now: 1_003_341, sentAt: 300));
    }

    [Fact]
    public void Age_ShortestWay_IsRememberedForFiveMinutes_AndForgottenAfterTen()
    {
        var age = new LinkAge();
        age.Observe(0, 0);
        // The way has become two seconds longer, or a clock has moved.
        Assert.Equal(2_000, age.Observe((4 * Minute) + 2_000, 4 * Minute));
        Assert.Equal(2_000, age.Observe((9 * Minute) + 2_000, 9 * Minute));
        Assert.Equal(0, age.Observe((14 * Minute) + 2_000, 14 * Minute));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Age_AbsurdTimes_BreakNothing(long sentAt)
    {
        var age = new LinkAge();
        age.Observe(1_000, sentAt);
        Assert.InRange(age.Observe(2_000, 0), 0, long.MaxValue);
    }

    [Fact]
    public void Seen_Copy_IsKnownForSixSeconds_WithItsAnswer()
    {
        var seen = new SeenRequests();
        Assert.True(seen.TryBegin(1, 2_999, out _));
        Assert.False(seen.TryBegin(1, 3_000, out var earlier));
        Assert.Equal(ReplyOutcome.UnderWay, earlier);
        seen.Finish(1, ReplyOutcome.Full);
        for (var now = 3_000; now <= 8_999; now += 100)
        {
            Assert.False(seen.TryBegin(1, now, out earlier));
            Assert.Equal(ReplyOutcome.Full, earlier);
        }

        Assert.True(seen.TryBegin(1, 14_000, out _));
    }

    [Fact]
    public void Seen_CopyOfARequestForMany_IsKnownWithTheAnswerOfEach_AsLongAsWithItsOutcome()
    {
        var seen = new SeenRequests();
        Assert.True(seen.TryBegin(1, 2_999, out _));
        Assert.False(seen.TryBegin(1, 3_000, out _));
        seen.Finish(1, ReplyOutcome.Done, [1, 2, 3]);
        for (var now = 3_000; now <= 8_999; now += 100)
        {
            Assert.False(seen.TryBegin(1, now, out _));
            Assert.Equal([1, 2, 3], seen.EachOf(1));
        }

        Assert.Null(seen.EachOf(2));
        for (var now = 9_000; now <= 30_000; now += 3_000)
        {
            seen.TryBegin((ulong)now, now, out _);
        }

        Assert.Null(seen.EachOf(1));
    }

    [Fact]
    public void Circuit_OpensWithTheFifthMissInARow_AndProbesEachHalfSecond()
    {
        var circuit = default(Circuit);
        for (var i = 0; i < 4; i++)
        {
            Assert.False(circuit.Missed(i));
        }

        Assert.False(circuit.Answered());
        for (var i = 0; i < 4; i++)
        {
            Assert.False(circuit.Missed(i));
        }

        Assert.False(circuit.TryProbe(10_000));
        Assert.True(circuit.Missed(10_000));
        Assert.True(circuit.IsOpen);
        Assert.False(circuit.TryProbe(10_499));
        Assert.True(circuit.TryProbe(10_500));
        Assert.False(circuit.TryProbe(10_999));
        Assert.True(circuit.TryProbe(11_000));
        Assert.True(circuit.Answered());
        Assert.False(circuit.IsOpen);
    }
}
