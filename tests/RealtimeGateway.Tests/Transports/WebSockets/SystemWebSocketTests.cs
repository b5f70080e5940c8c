using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Fuzz.Frames;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

/// <summary>The runtime's own client on the other side of the codec.</summary>
public class SystemWebSocketTests
{
    [Fact]
    public async Task Read_WhatTheRuntimesClientWrites_IsWhatItWasGiven()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var written = new MemoryStream();
        using var client = WebSocket.CreateFromStream(written, new WebSocketCreationOptions());
        var random = new Random(11);
        var expected = new List<string>();
        foreach (var length in new[] { 0, 1, 5, 125, 126, 127, 4_000, 32_767, 32_768 })
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            await client.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
            expected.Add(Transcript.Message(isBinary: true, bytes));
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aé€😀", length / 10)));
            await client.SendAsync(text.AsMemory(0, text.Length / 3), WebSocketMessageType.Text, endOfMessage: false, cancellation);
            await client.SendAsync(text.AsMemory(text.Length / 3), WebSocketMessageType.Text, endOfMessage: true, cancellation);
            expected.Add(Transcript.Message(isBinary: false, text));
        }

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", cancellation);
        expected.Add(Transcript.Close(new CloseReason(1000, "bye"), [0x03, 0xE8, .. "bye"u8]));

        var events = FramesTarget.Compare(written.ToArray(), MessageReaderLimits.Default with { AllowBinary = true }, seed: 5);
        Assert.Equal(expected, events);
    }

    [Fact]
    public async Task Write_WhatTheRuntimesClientReads_IsWhatWeWereGiven()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = new ArrayBufferWriter<byte>();
        int[] lengths = [0, 1, 125, 126, 127, 32_768, 32_769, 65_535, 65_536, 131_072];
        foreach (var length in lengths)
        {
            FrameWriter.WriteMessage(output, Opcode.Binary, Bytes(length));
            FrameWriter.WritePong(output, "between"u8);
            output.Write(FrameWriter.EncodeMessage(Opcode.Text, Encoding.UTF8.GetBytes(new string('é', length)), 1_001));
        }

        FrameWriter.WriteClose(output, CloseReason.GoingAway);

        // What the client itself writes goes after what it has read, and is not looked at.
        using var stream = new MemoryStream();
        stream.Write(output.WrittenSpan);
        stream.Position = 0;
        using var client = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
        foreach (var length in lengths)
        {
            Assert.Equal(Bytes(length), await ReceiveAsync(client, WebSocketMessageType.Binary, cancellation));
            Assert.Equal(new string('é', length), Encoding.UTF8.GetString(await ReceiveAsync(client, WebSocketMessageType.Text, cancellation)));
        }

        var end = await client.ReceiveAsync(new Memory<byte>(new byte[1]), cancellation);
        Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "Going away"), (client.CloseStatus, client.CloseStatusDescription));
    }

    private static async Task<byte[]> ReceiveAsync(WebSocket client, WebSocketMessageType type, CancellationToken cancellation)
    {
        var message = new List<byte>();
        var buffer = new byte[7_000];
        while (true)
        {
            var result = await client.ReceiveAsync(buffer.AsMemory(), cancellation);
            Assert.Equal(type, result.MessageType);
            message.AddRange(buffer.AsSpan(0, result.Count));
            if (result.EndOfMessage)
            {
                return [.. message];
            }
        }
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
