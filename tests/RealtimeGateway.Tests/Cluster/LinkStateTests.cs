using RealtimeGateway.Cluster;

namespace RealtimeGateway.Tests.Cluster;

public sealed class LinkStateTests
{
    private const long Minute = 60_000;

    [Fact]
    public void Age_IsWhatExceedsTheShortestWay()
    {
        var age = new LinkAge();
        age.Observe(now: 1_000_050, sentAt: 7, new EnvelopeEcho(1_000_050, 0));
        Assert.Equal(0, age.Observe(now: 1_000_140, sentAt: 100, null));
        Assert.Equal(3_001, age.Observe(now: 1_003_341, sentAt: 300, null));
    }

    [Fact]
    public void Age_ShortestWay_IsRememberedForFiveMinutes_AndForgottenAfterTen()
    {
        var age = new LinkAge();
        age.Observe(0, 0, new EnvelopeEcho(0, 0));
        // The way has become two seconds longer, or a clock has moved.
        Assert.Equal(2_000, age.Observe((4 * Minute) + 2_000, 4 * Minute, null));
        Assert.Equal(2_000, age.Observe((9 * Minute) + 2_000, 9 * Minute, null));
        Assert.Equal(0, age.Observe((14 * Minute) + 2_000, 14 * Minute, null));
        // Nothing of the last ten minutes to compare it with.
        Assert.Equal(LinkAge.Unknown, age.Observe(40 * Minute, 40 * Minute, null));
    }

    /// <summary>The sender's machine was suspended: its clock lacks ten seconds from now on.</summary>
    [Fact]
    public void Age_SendersClockStoodStill_IsNotLateWhenTheRoundWasShort()
    {
        var age = new LinkAge();
        Assert.Equal(20, age.Observe(now: 1_000_050, sentAt: 500, new EnvelopeEcho(SentAt: 1_000_000, HeldFor: 30)));
        // What it echoes is from before.
        Assert.InRange(age.Observe(now: 1_020_050, sentAt: 10_500, new EnvelopeEcho(1_000_000, 10_030)), 10_000, 10_100);
        Assert.Equal(40, age.Observe(now: 1_021_050, sentAt: 11_500, new EnvelopeEcho(1_020_060, 950)));
        // From then on as ever, with and without an echo.
        Assert.InRange(age.Observe(now: 1_022_050, sentAt: 12_500, null), 0, 40);
        Assert.InRange(age.Observe(now: 1_027_050, sentAt: 13_500, new EnvelopeEcho(1_022_060, 0)), 4_000, 4_040);
    }

    [Fact]
    public void Age_FirstBatch_IsAtMostTheRound()
    {
        Assert.Equal(5_000, new LinkAge().Observe(now: 1_010_000, sentAt: 7, new EnvelopeEcho(1_000_000, 5_000)));
        // Of times that cannot be it is none.
        Assert.Equal(LinkAge.Unknown, new LinkAge().Observe(now: 1_010_000, sentAt: 7, new EnvelopeEcho(1_010_001, 0)));
        Assert.Equal(LinkAge.Unknown, new LinkAge().Observe(now: 1_010_000, sentAt: 7, new EnvelopeEcho(1_000_000, -1)));
        Assert.Equal(LinkAge.Unknown, new LinkAge().Observe(now: 1_010_000, sentAt: 7, new EnvelopeEcho(1_010_000 - (6 * Minute), 0)));
    }

    /// <summary>All that came while the receiver stood still may be equally late.</summary>
    [Fact]
    public void Age_UntilTheFirstEcho_IsUnknown()
    {
        var age = new LinkAge();
        Assert.Equal(LinkAge.Unknown, age.Observe(now: 1_010_000, sentAt: 7, null));
        Assert.Equal(LinkAge.Unknown, age.Observe(now: 1_010_000, sentAt: 1_000, null));
        Assert.Equal(10, age.Observe(now: 1_010_010, sentAt: 10_005, new EnvelopeEcho(1_010_000, 0)));
        Assert.InRange(age.Observe(now: 1_010_011, sentAt: 8, null), 9_990, 10_010);
    }

    [Fact]
    public void Age_FirstBatchLate_TheNextAreNotTakenForEarly()
    {
        var age = new LinkAge();
        Assert.Equal(5_000, age.Observe(now: 1_010_000, sentAt: 7, new EnvelopeEcho(1_000_000, 5_000)));
        Assert.InRange(age.Observe(now: 1_010_100, sentAt: 5_100, new EnvelopeEcho(1_010_010, 30)), 0, 60);
        Assert.InRange(age.Observe(now: 1_014_200, sentAt: 5_200, null), 4_000, 4_060);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Age_AbsurdTimes_BreakNothing(long sentAt)
    {
        var age = new LinkAge();
        age.Observe(1_000, sentAt, new EnvelopeEcho(sentAt, sentAt));
        Assert.InRange(age.Observe(2_000, 0, new EnvelopeEcho(0, sentAt)), 0, LinkAge.Unknown);
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
