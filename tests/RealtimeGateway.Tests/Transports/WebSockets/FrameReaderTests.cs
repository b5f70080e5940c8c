using System.Buffers;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class FrameReaderTests
{
    // RFC 6455 §5.7.
    [Theory]
    [InlineData("81 05 48 65 6c 6c 6f", false, 1, true, 5, 2)]
    [InlineData("81 85 37 fa 21 3d 7f 9f 4d 51 58", true, 1, true, 5, 6)]
    [InlineData("01 03 48 65 6c", false, 1, false, 3, 2)]
    [InlineData("80 02 6c 6f", false, 0, true, 2, 2)]
    [InlineData("89 05 48 65 6c 6c 6f", false, 9, true, 5, 2)]
    [InlineData("8a 85 37 fa 21 3d 7f 9f 4d 51 58", true, 10, true, 5, 6)]
    [InlineData("82 7E 01 00", false, 2, true, 256, 4)]
    [InlineData("82 7F 00 00 00 00 00 01 00 00", false, 2, true, 65536, 10)]
    public void TryRead_ExampleOfTheRfc_GivesItsHeader(string hex, bool masked, int opcode, bool isFinal, long length, int size)
    {
        var status = FrameReader.TryRead(ClientFrames.Hex(hex), masked, long.MaxValue, out var header);

        Assert.Equal(FrameStatus.Complete, status);
        Assert.Equal(new FrameHeader((Opcode)opcode, isFinal, masked, length, masked ? BitConverter.ToUInt32([0x37, 0xFA, 0x21, 0x3D]) : 0, size), header);
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(125, 6)]
    [InlineData(126, 8)]
    [InlineData(127, 8)]
    [InlineData(65_535, 8)]
    [InlineData(65_536, 14)]
    public void TryRead_HeaderCutAnywhere_NeedsMoreUntilWhole(int length, int size)
    {
        var frame = ClientFrames.Frame(2, new byte[length]);
        for (var cut = 0; cut < size; cut++)
        {
            Assert.Equal(FrameStatus.NeedMore, FrameReader.TryRead(frame.AsSpan(0, cut), masked: true, length, out _));
            var (first, second) = (new Segment(frame[..cut]), new Segment(frame[cut..]));
            var sequence = Segment.Join(first, second);
            Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(ref sequence, masked: true, length, out var header));
            Assert.Equal((length, size), (header.PayloadLength, header.Size));
            Assert.Equal(length, sequence.Length);
        }
    }

    [Fact]
    public void TryRead_CutSequence_LeavesItWhole()
    {
        var sequence = Segment.Join(new Segment([0x81]), new Segment([0x85, 1, 2]));

        Assert.Equal(FrameStatus.NeedMore, FrameReader.TryRead(ref sequence, masked: true, 10, out _));
        Assert.Equal(4, sequence.Length);
    }

    [Fact]
    public void TryRead_EveryFirstByte_TakesOnlyKnownOpcodesWithoutReservedBits()
    {
        int[] known = [0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A];
        for (var first = 0; first < 256; first++)
        {
            // Fragmented control frames show with the second byte only.
            var isFragmentedControl = first is 0x08 or 0x09 or 0x0A;
            var alone = FrameReader.TryRead([(byte)first], masked: true, 125, out _);
            var whole = FrameReader.TryRead([(byte)first, 0x80, 0, 0, 0, 0], masked: true, 125, out _);

            Assert.Equal(known.Contains(first) || isFragmentedControl ? FrameStatus.NeedMore : FrameStatus.ProtocolError, alone);
            Assert.Equal(known.Contains(first) ? FrameStatus.Complete : FrameStatus.ProtocolError, whole);
        }
    }

    [Theory]
    [InlineData("81 05", true)]
    [InlineData("81 85", false)]
    public void TryRead_MaskNotAsTheRoleDemands_IsAnErrorAtTheSecondByte(string hex, bool masked) =>
        Assert.Equal(FrameStatus.ProtocolError, FrameReader.TryRead(ClientFrames.Hex(hex), masked, 125, out _));

    [Theory]
    [InlineData("88 FE")]
    [InlineData("89 FF")]
    [InlineData("8A FE")]
    [InlineData("09 80")]
    [InlineData("08 80")]
    public void TryRead_ControlFrameLongOrFragmented_IsAnErrorAtTheSecondByte(string hex) =>
        Assert.Equal(FrameStatus.ProtocolError, FrameReader.TryRead(ClientFrames.Hex(hex), masked: true, long.MaxValue, out _));

    [Theory]
    [InlineData("82 FE 00 00", FrameStatus.ProtocolError)]
    [InlineData("82 FE 00 7D", FrameStatus.ProtocolError)]
    [InlineData("82 FE 00 7E", FrameStatus.NeedMore)]
    [InlineData("82 FF 00 00 00 00 00 00 FF FF", FrameStatus.ProtocolError)]
    [InlineData("82 FF 00 00 00 00 00 01 00 00", FrameStatus.NeedMore)]
    [InlineData("82 FF 80", FrameStatus.ProtocolError)]
    [InlineData("82 FF 7F", FrameStatus.NeedMore)]
    [InlineData("82 FF FF FF FF FF FF FF FF FF", FrameStatus.ProtocolError)]
    public void TryRead_Length_MustBeMinimalAndNotNegative(string hex, object status) =>
        Assert.Equal((FrameStatus)status, FrameReader.TryRead(ClientFrames.Hex(hex), masked: true, long.MaxValue, out _));

    [Theory]
    [InlineData(32_768, FrameStatus.Complete)]
    [InlineData(32_769, FrameStatus.TooBig)]
    public void TryRead_AnnouncedLength_IsHeldAgainstTheLimit(int length, object status)
    {
        byte[] header = [0x81, 0xFE, (byte)(length >> 8), (byte)length, 0, 0, 0, 0];

        Assert.Equal((FrameStatus)status, FrameReader.TryRead(header, masked: true, 32_768, out var read));
        Assert.Equal(length, read.PayloadLength);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes) => Memory = bytes;

        public static ReadOnlySequence<byte> Join(Segment first, Segment second)
        {
            first.Next = second;
            second.RunningIndex = first.Memory.Length;
            return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
        }
    }
}
