using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class FrameWriterTests
{
    [Fact]
    public void WriteMessage_OfTheRfc_GivesItsBytes()
    {
        Assert.Equal(ClientFrames.Hex("81 05 48 65 6c 6c 6f"), Written(output => FrameWriter.WriteMessage(output, Opcode.Text, "Hello"u8)));
        Assert.Equal(
            ClientFrames.Hex("01 03 48 65 6c 80 02 6c 6f"),
            Written(output => FrameWriter.WriteMessage(output, Opcode.Text, "Hello"u8, maxFramePayload: 3)));
        Assert.Equal(ClientFrames.Hex("89 05 48 65 6c 6c 6f"), Written(output => FrameWriter.WritePing(output, "Hello"u8)));
        Assert.Equal(ClientFrames.Hex("8a 05 48 65 6c 6c 6f"), Written(output => FrameWriter.WritePong(output, "Hello"u8)));
        Assert.Equal(
            ClientFrames.Hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
            Written(output => FrameWriter.WriteMaskedFrame(output, Opcode.Text, isFinal: true, "Hello"u8, BitConverter.ToUInt32([0x37, 0xFA, 0x21, 0x3D]))));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(127, 4)]
    [InlineData(65_535, 4)]
    [InlineData(65_536, 10)]
    public void WriteMessage_InOneFrame_HasTheShortestHeader(int length, int headerSize)
    {
        var message = Bytes(length);
        var written = Written(output => FrameWriter.WriteMessage(output, Opcode.Binary, message, int.MaxValue));

        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(written, masked: false, long.MaxValue, out var header));
        Assert.Equal(new FrameHeader(Opcode.Binary, IsFinal: true, IsMasked: false, length, 0, headerSize), header);
        Assert.Equal(message, written[headerSize..]);
        Assert.Equal(written.Length, FrameWriter.EncodedSize(length, int.MaxValue));
    }

    [Theory]
    [InlineData(0, 32_768, new[] { 0 })]
    [InlineData(32_767, 32_768, new[] { 32_767 })]
    [InlineData(32_768, 32_768, new[] { 32_768 })]
    [InlineData(32_769, 32_768, new[] { 32_768, 1 })]
    [InlineData(131_072, 32_768, new[] { 32_768, 32_768, 32_768, 32_768 })]
    [InlineData(131_073, 32_768, new[] { 32_768, 32_768, 32_768, 32_768, 1 })]
    [InlineData(5, 2, new[] { 2, 2, 1 })]
    [InlineData(200_000, 100_000, new[] { 100_000, 100_000 })]
    public void WriteMessage_LongerThanAFrame_GoesInFragments(int length, int maxFramePayload, int[] fragments)
    {
        var message = Bytes(length);
        var written = Written(output => FrameWriter.WriteMessage(output, Opcode.Text, message, maxFramePayload));

        Assert.Equal(written.Length, FrameWriter.EncodedSize(length, maxFramePayload));
        Assert.Equal(written, FrameWriter.EncodeMessage(Opcode.Text, message, maxFramePayload));
        var rest = new ReadOnlySequence<byte>(written);
        var joined = new List<byte>();
        for (var i = 0; i < fragments.Length; i++)
        {
            Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(ref rest, masked: false, maxFramePayload, out var header));
            Assert.Equal(i == 0 ? Opcode.Text : Opcode.Continuation, header.Opcode);
            Assert.Equal(i == fragments.Length - 1, header.IsFinal);
            Assert.Equal(fragments[i], header.PayloadLength);
            joined.AddRange(rest.Slice(0, fragments[i]).ToArray());
            rest = rest.Slice(fragments[i]);
        }

        Assert.True(rest.IsEmpty);
        Assert.Equal(message, joined);
    }

    [Fact]
    public async Task WriteMessage_ToAPipeOfSmallBlocks_ArrivesWhole()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 64, pauseWriterThreshold: 0));
        var message = Bytes(10_000);
        FrameWriter.WriteMessage(pipe.Writer, Opcode.Binary, message, 3_000);
        FrameWriter.WriteMaskedFrame(pipe.Writer, Opcode.Binary, isFinal: true, message, 0x01020304);
        await pipe.Writer.FlushAsync(cancellation);

        var read = await pipe.Reader.ReadAsync(cancellation);
        var encoded = FrameWriter.EncodeMessage(Opcode.Binary, message, 3_000);
        Assert.Equal(encoded, read.Buffer.Slice(0, encoded.Length).ToArray());
        var masked = read.Buffer.Slice(encoded.Length);
        using var reader = new MessageReader(MessageReaderLimits.Default with { AllowBinary = true });
        Assert.Equal(ReadStatus.Message, reader.Read(ref masked));
        Assert.True(masked.IsEmpty);
        Assert.Equal(message, reader.TakeMessage().Span.ToArray());
    }

    [Fact]
    public void WriteClose_CarriesCodeAndReason() =>
        Assert.Equal([0x88, 12, 0x03, 0xE9, .. "Going away"u8], Written(output => FrameWriter.WriteClose(output, CloseReason.GoingAway)));

    [Theory]
    [InlineData("a", 123, 123)]
    [InlineData("a", 124, 123)]
    [InlineData("é", 62, 122)]
    [InlineData("€", 42, 123)]
    [InlineData("😀", 31, 120)]
    public void WriteClose_LongReason_IsCutBetweenCharacters(string character, int count, int kept)
    {
        var reason = string.Concat(Enumerable.Repeat(character, count));
        var written = Written(output => FrameWriter.WriteClose(output, CloseReason.InternalError with { Reason = reason }));

        Assert.Equal([0x88, (byte)(2 + kept), 0x03, 0xF3, .. Encoding.UTF8.GetBytes(reason)[..kept]], written);
    }

    [Theory]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(0)]
    public void WriteClose_CodeThatIsNeverSent_Throws(int code) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => FrameWriter.WriteClose(output, new CloseReason((ushort)code, ""))));

    [Theory]
    [InlineData("")]
    [InlineData("03E8")]
    [InlineData("0FA0 C3A9")]
    public void WriteCloseEcho_RepeatsThePayload(string hex)
    {
        var payload = ClientFrames.Hex(hex);

        Assert.Equal([0x88, (byte)payload.Length, .. payload], Written(output => FrameWriter.WriteCloseEcho(output, payload)));
    }

    [Fact]
    public void Write_WhatNoFrameMayBe_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => FrameWriter.WritePing(output, new byte[126])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => FrameWriter.WriteMessage(output, Opcode.Ping, [])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => FrameWriter.WriteMessage(output, Opcode.Text, [], 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.EncodeMessage(Opcode.Continuation, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.EncodeMessage(Opcode.Text, [], -1));
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
