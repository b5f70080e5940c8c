using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public sealed class UpgradeHeadTests
{
    private const string Plain =
        "GET /chat/prod?a=%20b HTTP/1.1\r\nHost: example.com:8080\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-A:  one \r\nx-a: two\r\n\r\n";

    private static readonly KestrelServerLimits Limits = new();

    [Fact]
    public void Read_PlainHead_TellsItsParts()
    {
        Assert.Equal(Plain.Length, Read(Plain + "\u0081", out var head));
        Assert.Equal(("/chat/prod?a=%20b", 10), (head!.Target, head.PathLength));
        Assert.Equal(["one", "two"], head.Headers["X-A"].ToArray());
        Assert.Equal("example.com:8080", head.Headers["host"]);
    }

    [Fact]
    public void Read_EveryPrefix_WaitsForMore()
    {
        for (var length = 0; length < Plain.Length; length++)
        {
            Assert.Equal(0, Read(Plain[..length], out var head));
            Assert.Null(head);
        }
    }

    [Fact]
    public void Read_CutIntoSegments_IsTheSame()
    {
        var bytes = Encoding.Latin1.GetBytes(Plain);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var first = new Part(bytes.AsMemory(0, cut), null);
            var last = new Part(bytes.AsMemory(cut), first);
            Assert.Equal(bytes.Length, UpgradeHead.Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), Limits, out _));
        }
    }

    [Theory]
    [InlineData("POST /prod HTTP/1.1\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    [InlineData("get ")]
    [InlineData("\r\nGET ")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("GET /\u0000")]
    [InlineData("GET / HTTP/1.1\nHost")]
    [InlineData("GET / HTTP/1.1\rHost")]
    public void Read_BeginningOfSomethingElse_IsLeftAtOnce(string text) => Assert.Equal(-1, Read(text, out _));

    [Theory]
    [InlineData("?a=%20b", "#fragment")]
    [InlineData("/chat/prod", "/chat%2Fprod")]
    [InlineData("/chat/prod", "/chat/../prod")]
    [InlineData("/chat/prod", "/chat\\prod")]
    [InlineData("/chat/prod", "*")]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("HTTP/1.1", "HTTP/1.1 ")]
    [InlineData("example.com:8080", "example.com:8080, other")]
    [InlineData("example.com:8080", "a:b:c")]
    [InlineData("example.com:8080", "")]
    [InlineData("X-A:", "X-A :")]
    [InlineData("X-A:", "X(A:")]
    [InlineData("X-A:", "Expect:")]
    [InlineData("X-A:", "Content-Length:")]
    [InlineData("X-A:", "transfer-encoding:")]
    [InlineData("Version: 13", "Version: 8")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c")]
    public void Read_WhateverIsNotPlain_IsLeft(string plain, string other) =>
        Assert.Equal(-1, Read(Plain.Replace(plain, other, StringComparison.Ordinal), out _));

    [Fact]
    public void Read_PastABoundOfKestrels_IsLeft()
    {
        Assert.Equal(-1, Read(Plain, out _, new() { MaxRequestHeaderCount = 6 }));
        Assert.Equal(-1, Read(Plain, out _, new() { MaxRequestHeadersTotalSize = 100 }));
        Assert.Equal(-1, Read(Plain, out _, new() { MaxRequestLineSize = 20 }));
        Assert.Equal(-1, Read(Plain[..^2] + "X-B: " + new string('x', UpgradeHead.MaxBytes), out _));
    }

    [Fact]
    public void Read_AnyDamage_NeverThrowsNorReadsPastTheHead()
    {
        var random = new Random(6455);
        var bytes = Encoding.Latin1.GetBytes(Plain + Plain);
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var length = UpgradeHead.Read(new ReadOnlySequence<byte>(damaged), Limits, out var head);
            Assert.Equal(length > 0, head is not null);
            Assert.True(length <= 0 || damaged.AsSpan(0, length).EndsWith("\r\n\r\n"u8));
            Assert.True(length <= 0 || damaged.AsSpan(0, length).IndexOf("\r\n\r\n"u8) == length - 4);
        }
    }

    private static int Read(string text, out UpgradeHead? head, KestrelServerLimits? limits = null) =>
        UpgradeHead.Read(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text)), limits ?? Limits, out head);

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, Part? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
