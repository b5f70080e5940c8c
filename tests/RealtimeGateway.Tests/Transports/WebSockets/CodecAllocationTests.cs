using System.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class CodecAllocationTests
{
    private const int Rounds = 1_000;

    [Fact]
    public void TryRead_Header_AllocatesNothing()
    {
        var frame = ClientFrames.Text("hello");

        AssertAllocatesNothing(() => FrameReader.TryRead(frame, masked: true, 32_768, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(5_000)]
    public void Read_WholeMessage_AllocatesNothing(int length)
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        var stream = new ReadOnlySequence<byte>(ClientFrames.Frame(1, [.. Enumerable.Repeat((byte)'a', length)]));

        AssertAllocatesNothing(() =>
        {
            var input = stream;
            if (reader.Read(ref input) == ReadStatus.Message)
            {
                reader.TakeMessage().Return();
            }
        });
    }

    [Fact]
    public void Read_FragmentsAndControlFrames_AllocatesNothing()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        var stream = new ReadOnlySequence<byte>(
            [.. ClientFrames.Text("hé", isFinal: false), .. ClientFrames.Frame(9, new byte[125]), .. ClientFrames.Frame(0, new byte[300]), .. ClientFrames.Frame(10, [])]);

        AssertAllocatesNothing(() =>
        {
            var input = stream;
            while (reader.Read(ref input) is var status and not ReadStatus.NeedMore)
            {
                if (status == ReadStatus.Message)
                {
                    reader.TakeMessage().Return();
                }
            }
        });
    }

    [Fact]
    public void Write_AnyFrame_AllocatesNothing()
    {
        var output = new ArrayBufferWriter<byte>(300_000);
        var message = new byte[100_000];

        AssertAllocatesNothing(() =>
        {
            output.ResetWrittenCount();
            FrameWriter.WriteMessage(output, Opcode.Text, "hello"u8);
            FrameWriter.WriteMessage(output, Opcode.Text, message);
            FrameWriter.WriteMaskedFrame(output, Opcode.Text, isFinal: true, message, 0x01020304);
            FrameWriter.WritePing(output, "p"u8);
            FrameWriter.WriteClose(output, CloseReason.GoingAway);
        });
    }

    [Fact]
    public void WriteAcceptKey_AllocatesNothing() => AssertAllocatesNothing(() =>
    {
        Span<char> accept = stackalloc char[Handshake.AcceptLength];
        Handshake.WriteAcceptKey("dGhlIHNhbXBsZSBub25jZQ==", accept);
    });

    private static void AssertAllocatesNothing(Action action)
    {
        for (var i = 0; i < Rounds; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            action();
        }

        // A collection may trim the pool under us once; an allocation a round is what must not be.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Rounds / 2);
    }
}
