using System.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Fuzz;
using RealtimeGateway.Fuzz.Frames;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class HostileStreamTests
{
    [Fact]
    public void Read_RandomBytes_EndsInAViolationOrWaits()
    {
        var random = new Random(6455);
        var violations = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var stream = new byte[random.Next(1, 200)];
            random.NextBytes(stream);
            var events = FramesTarget.Compare(stream, MessageReaderLimits.Default, i);
            violations += events.Count > 0 && events[^1].StartsWith("violation", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(violations, 19_000, 20_000);
    }

    [Fact]
    public void Read_MutatedCorpus_HasNoFindings()
    {
        var target = FuzzTargets.ByName["frames"];
        var mutator = new Mutator([.. target.Seeds.Select(seed => seed.Value)], seed: 7);
        for (var i = 0; i < 50_000; i++)
        {
            target.Run(mutator.Next());
        }
    }

    // 1 TiB, with every limit off: what is held follows what has come, not what is said.
    [Fact]
    public void Read_GiantAnnouncement_AllocatesNothingByIt()
    {
        var limits = new MessageReaderLimits(0, 0, 0, AllowBinary: true);
        byte[] announcement = [0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        // 2^30 fits an array, so it is not refused either.
        byte[] large = [0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4, 5];
        using var reader = new MessageReader(limits);
        using var second = new MessageReader(limits);
        using var warm = new MessageReader(limits);
        warm.Read([.. large], out _);
        warm.Dispose();
        ReadOnlySpan<byte> announced = announcement;
        ReadOnlySpan<byte> begun = large;

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = reader.Read(ref announced);
        var waiting = second.Read(ref begun);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((ReadStatus.Violation, CloseReason.MessageTooBig), (refused, reader.Violation));
        Assert.Equal(ReadStatus.NeedMore, waiting);
        Assert.Equal(16, second.HeldBytes);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Read_DrippingMessage_HoldsAtMostTwiceWhatCameInAPoolsSizes()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        var frame = ClientFrames.Frame(1, new byte[30_000]);
        for (var i = 0; i < frame.Length - 1; i++)
        {
            var one = new ReadOnlySequence<byte>(frame, i, 1);
            Assert.Equal(ReadStatus.NeedMore, reader.Read(ref one));
            Assert.InRange(reader.HeldBytes, 0, Math.Max(16, 4 * i));
        }

        Assert.Equal(ReadStatus.Message, reader.Read(frame[^1..]));
    }

    [Fact]
    public void Read_EveryTruncationOfAGoodStream_WaitsWithoutViolation()
    {
        byte[] stream = [.. ClientFrames.Text("héllo", isFinal: false), .. ClientFrames.Frame(9, [1]), .. ClientFrames.Frame(0, "😀"u8.ToArray()), .. ClientFrames.Frame(8, [0x03, 0xE8])];
        for (var length = 0; length <= stream.Length; length++)
        {
            var events = FramesTarget.Compare(stream[..length], MessageReaderLimits.Default, length);
            Assert.DoesNotContain(events, text => text.StartsWith("violation", StringComparison.Ordinal));
            Assert.Equal(length == stream.Length, events is [.., var last] && last.StartsWith("close", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Read_ManyPings_HoldsNothing()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        var input = new ReadOnlySequence<byte>([.. Enumerable.Repeat(ClientFrames.Frame(9, new byte[125]), 1_000).SelectMany(frame => frame)]);
        var pings = 0;
        while (reader.Read(ref input) == ReadStatus.Ping)
        {
            pings++;
            Assert.Equal(0, reader.HeldBytes);
        }

        Assert.Equal(1_000, pings);
    }
}
