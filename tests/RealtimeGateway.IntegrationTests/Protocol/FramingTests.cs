using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Protocol;

/// <summary>RFC 6455 §5 and §7 over real sockets: what is taken, what is refused, and that every refusal is heard.</summary>
public sealed class FramingTests
{
    private const int Repetitions = 100;

    /// <summary>What a client must not send, and the status that says so.</summary>
    public static TheoryData<string, int> Violations => new()
    {
        { "unmasked (§5.1)", 1002 },
        { "RSV1 (§5.2)", 1002 },
        { "RSV3 on a ping (§5.2)", 1002 },
        { "opcode 3 (§5.2)", 1002 },
        { "opcode 11 (§5.2)", 1002 },
        { "continuation of nothing (§5.4)", 1002 },
        { "text within a message (§5.4)", 1002 },
        { "fragmented ping (§5.5)", 1002 },
        { "long ping (§5.5)", 1002 },
        { "long close (§5.5)", 1002 },
        { "close with one byte (§5.5.1)", 1002 },
        { "close 999 (§7.4.2)", 1002 },
        { "close 1005 (§7.4.1)", 1002 },
        { "close 1006 (§7.4.1)", 1002 },
        { "close 1015 (§7.4.1)", 1002 },
        { "close 2999 (§7.4.2)", 1002 },
        { "close 5000 (§7.4.2)", 1002 },
        { "close reason not UTF-8 (§5.5.1)", 1007 },
        { "text not UTF-8 (§8.1)", 1007 },
        { "text ends within a character (§8.1)", 1007 },
        { "text not UTF-8 in an unfinished frame (§8.1)", 1007 },
        { "binary (quota)", 1003 },
        { "frame of 32,769 bytes (quota)", 1009 },
        { "frame of 1 TiB announced (quota)", 1009 },
        { "message of 131,073 bytes (quota)", 1009 },
        { "length with its highest bit set (§5.2)", 1002 },
        { "length longer than needed (§5.2)", 1002 },
        { "4,097 fragments", 1008 },
        { "51 pings", 1008 },
    };

    /// <summary>RFC 6455 §7.1.7: the close frame arrives before the end of TCP, every time, and no reset comes before it.</summary>
    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Refuses_Violation_AndTheCloseFrameArrives(string what, int code)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        var bytes = Violation(what);
        for (var i = 0; i < Repetitions; i++)
        {
            using var client = await gateway.ConnectAsync();
            await client.SendBytesAsync(bytes);
            var close = await ReadPastPongsAsync(client);
            Assert.Equal(code, close.CloseCode);
            // Some answer as §5.5.1 wants, some only end TCP in order, some hang up.
            if (i % 3 == 0)
            {
                await client.SendCloseAsync(code);
            }
            else if (i % 3 == 1)
            {
                client.Finish();
            }

            if (i % 3 < 2)
            {
                Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
            }
        }

        await gateway.CountAsync(0);
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>And when more than the gateway wants to read is still under way.</summary>
    [Fact]
    public async Task Refuses_Violation_AndTheCloseFrameArrives_BehindMuchData()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        byte[] bytes = [.. RawWebSocket.Frame(Op.Binary, [1]), .. new byte[300_000]];
        for (var i = 0; i < Repetitions; i++)
        {
            using var client = await gateway.ConnectAsync();
            var sending = client.SendBytesAsync(bytes);
            var close = await client.ReadCloseAsync();
            Assert.Equal(1003, close.CloseCode);
            Assert.Equal("Binary is not supported", close.CloseText);
            await Patience.For(sending, "the data to be taken");
        }
    }

    /// <summary>RFC 6455 §5.5.1 has the status echoed; Amazon echoes the reason as well.</summary>
    [Theory]
    [InlineData(1000, "")]
    [InlineData(1001, "navigating")]
    [InlineData(1003, "no \u00fc")]
    [InlineData(1007, "x")]
    [InlineData(1011, "x")]
    [InlineData(1014, "x")]
    [InlineData(3000, "registered")]
    [InlineData(4999, "own")]
    public async Task Echoes_CloseFrame_InFull(int code, string reason)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var answer = await client.CloseAsync(code, reason);
        Assert.Equal(RawWebSocket.ClosePayload(code, reason), answer.Payload);
    }

    [Fact]
    public async Task Echoes_EmptyCloseFrame_AsEmpty()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Close, []));
        Assert.Empty((await client.ReadCloseAsync()).Payload);
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
    }

    [Fact]
    public async Task Echoes_LongestCloseFrame()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var answer = await client.CloseAsync(1000, new string('r', 123));
        Assert.Equal(125, answer.Payload.Length);
    }

    /// <summary>RFC 6455 §5.5.1: what follows a close frame is ignored.</summary>
    [Fact]
    public async Task Ignores_WhatFollowsACloseFrame()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync((byte[])[
            .. RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(1000)), .. RawWebSocket.Frame(Op.Text, "too late"u8), .. RawWebSocket.Frame(Op.Ping, []),
        ]);
        Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
        Assert.Equal("DISCONNECT", (await gateway.Backend.NextAsync("DISCONNECT")).EventType);
        Assert.Empty(gateway.Backend.Of("MESSAGE"));
    }

    /// <summary>Amazon's quotas: 32 KB a frame, 128 KB a message; exactly that much passes.</summary>
    [Fact]
    public async Task Takes_ExactlyTheQuotas()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? $"{call.Body.Length}" : ""));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync(new string('f', 32_768));
        Assert.Equal("32768", await client.ReadTextAsync());
        await client.SendBytesAsync(Fragments(131_072, 32_768));
        Assert.Equal("131072", await client.ReadTextAsync());
        await client.SendBytesAsync(Fragments(131_073, 32_768));
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    }

    /// <summary>RFC 6455 §5.4: control frames may stand between fragments, and are answered there.</summary>
    [Fact]
    public async Task Answers_PingBetweenFragments_BeforeTheMessageIsWhole()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync((byte[])[
            .. RawWebSocket.Frame(Op.Text, "one "u8, isFinal: false),
            .. RawWebSocket.Frame(Op.Continuation, [], isFinal: false),
            .. RawWebSocket.Frame(Op.Pong, "unasked"u8),
            .. RawWebSocket.Frame(Op.Ping, "p"u8),
        ]);
        var pong = await client.ReadFrameAsync();
        Assert.Equal((Op.Pong, "p"), (pong!.Opcode, pong.Text));
        Assert.Empty(gateway.Backend.Of("MESSAGE"));
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Continuation, "two"u8));
        Assert.Equal("one two", await client.ReadTextAsync());
    }

    /// <summary>RFC 6455 §5.5.2, §5.5.3: a pong carries its ping's payload; of several unanswered ones the last must be answered.</summary>
    [Fact]
    public async Task Answers_Pings()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var longest = new byte[125];
        Random.Shared.NextBytes(longest);
        foreach (var payload in (byte[][])[[], [0], longest])
        {
            await client.SendBytesAsync(RawWebSocket.Frame(Op.Ping, payload));
            var pong = await client.ReadFrameAsync();
            Assert.Equal(Op.Pong, pong!.Opcode);
            Assert.Equal(payload, pong.Payload);
        }
    }

    /// <summary>However TCP cuts the bytes, the messages are the same.</summary>
    [Fact]
    public async Task Reads_Frames_OneByteAtATime()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var client = await gateway.ConnectAsync();
        var frame = RawWebSocket.Frame(Op.Text, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\u00fc\u20ac\U0001F600", 20))));
        foreach (var one in frame)
        {
            await client.SendBytesAsync(new[] { one });
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("\u00fc\u20ac\U0001F600", 20)), await client.ReadTextAsync());
    }

    /// <summary>Many frames in one packet are many messages.</summary>
    [Fact]
    public async Task Reads_ManyFramesInOnePacket_InOrder()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync(Enumerable.Range(0, 200)
            .SelectMany(i => RawWebSocket.Frame(Op.Text, Encoding.ASCII.GetBytes($$"""{"action":"serial","n":{{i}}}"""))).ToArray());
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal($$"""{"action":"serial","n":{{i}}}""", await client.ReadTextAsync());
        }
    }

    private static byte[] Violation(string what) => what.Split(" (")[0] switch
    {
        "unmasked" => RawWebSocket.Frame(Op.Text, "x"u8, isMasked: false),
        "RSV1" => RawWebSocket.Frame(Op.Text, "x"u8, reserved: 4),
        "RSV3 on a ping" => RawWebSocket.Frame(Op.Ping, "x"u8, reserved: 1),
        "opcode 3" => RawWebSocket.Frame(3, "x"u8),
        "opcode 11" => RawWebSocket.Frame(11, "x"u8),
        "continuation of nothing" => RawWebSocket.Frame(Op.Continuation, "x"u8),
        "text within a message" => [.. RawWebSocket.Frame(Op.Text, "x"u8, isFinal: false), .. RawWebSocket.Frame(Op.Text, "y"u8)],
        "fragmented ping" => RawWebSocket.Frame(Op.Ping, "x"u8, isFinal: false),
        "long ping" => RawWebSocket.Frame(Op.Ping, new byte[126]),
        "long close" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(1000, new string('r', 124))),
        "close with one byte" => RawWebSocket.Frame(Op.Close, [3]),
        "close 999" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(999)),
        "close 1005" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(1005)),
        "close 1006" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(1006)),
        "close 1015" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(1015)),
        "close 2999" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(2999)),
        "close 5000" => RawWebSocket.Frame(Op.Close, RawWebSocket.ClosePayload(5000)),
        "close reason not UTF-8" => RawWebSocket.Frame(Op.Close, [0x03, 0xe8, 0xff]),
        "text not UTF-8" => RawWebSocket.Frame(Op.Text, [0x61, 0xc0, 0xaf]),
        "text ends within a character" => RawWebSocket.Frame(Op.Text, [0xe2, 0x82]),
        // 100 bytes are announced, the third of which cannot be: nobody waits for the rest.
        "text not UTF-8 in an unfinished frame" => RawWebSocket.Frame(Op.Text, [0x61, 0x62, 0xff, .. new byte[97]])[..9],
        "binary" => RawWebSocket.Frame(Op.Binary, [1, 2, 3]),
        "frame of 32,769 bytes" => RawWebSocket.Frame(Op.Text, new byte[32_769]),
        "frame of 1 TiB announced" => [0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7],
        "message of 131,073 bytes" => Fragments(131_073, 32_768),
        "length with its highest bit set" => [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
        "length longer than needed" => [0x81, 0xfe, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        "4,097 fragments" => [.. RawWebSocket.Frame(Op.Text, [], isFinal: false),
            .. Enumerable.Repeat(RawWebSocket.Frame(Op.Continuation, [], isFinal: false), 4096).SelectMany(frame => frame)],
        "51 pings" => [.. Enumerable.Repeat(RawWebSocket.Frame(Op.Ping, "x"u8), 51).SelectMany(frame => frame)],
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No bytes for it."),
    };

    private static byte[] Fragments(int total, int each)
    {
        var bytes = new List<byte>(total + 100);
        for (var sent = 0; sent < total; sent += each)
        {
            var payload = new byte[Math.Min(each, total - sent)];
            payload.AsSpan().Fill((byte)'x');
            bytes.AddRange(RawWebSocket.Frame(sent == 0 ? Op.Text : Op.Continuation, payload, isFinal: sent + payload.Length == total));
        }

        return [.. bytes];
    }

    private static async Task<RawFrame> ReadPastPongsAsync(RawWebSocket client)
    {
        while (true)
        {
            var frame = await client.ReadFrameAsync();
            Assert.True(frame is not null, $"TCP ended by {client.End} before a close frame.");
            if (frame.Opcode != Op.Pong)
            {
                Assert.Equal(Op.Close, frame.Opcode);
                return frame;
            }
        }
    }
}
