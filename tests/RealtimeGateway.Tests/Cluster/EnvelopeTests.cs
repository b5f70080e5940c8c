using MessagePack;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class EnvelopeTests
{
    private static readonly ApiId Chat = ApiId.Parse("chat");
    private static readonly ConnectionId Id = ConnectionId.Create(0xFFEEDDCC, [1, 2, 3, 4, 5, 6, 7, 8, 9]);

    /// <summary>An echo of two small numbers.</summary>
    private const int EchoBytes = 3;

    private static readonly DateTimeOffset At = new(2026, 9, 25, 1, 2, 3, 4, TimeSpan.FromHours(2));

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using var buffer = new PooledBufferWriter();
        var post = new RemoteCall(CallKind.Post, Id, Chat, 0) { Payload = new byte[70_000], IsBinary = true, Key = new DeliveryKey(UInt128.MaxValue - 5) };
        var writer = new EnvelopeWriter(buffer, new EnvelopeHead(0xFFFFFFFF, -7));
        writer.WriteCount(3);
        writer.WriteProbe();
        writer.WriteRequest(ulong.MaxValue, 1234, post);
        writer.WriteRequest(2, 0, new RemoteCall(CallKind.Get, Id, Chat, 0));
        writer.WriteCount(4);
        writer.WriteReply(new ReplyFrame(5, ReplyOutcome.Full));
        writer.WriteReply(new ReplyFrame(6, ReplyOutcome.Done, new ConnectionDescription("2001:db8::1", "\u00e9", At, At)));
        writer.WriteReply(new ReplyFrame(7, ReplyOutcome.Done, new ConnectionDescription("", null, default, DateTimeOffset.MaxValue)));
        writer.WriteReply(new ReplyFrame(8, ReplyOutcome.Repeated));
        writer.Finish(new EnvelopeEcho(-5, long.MaxValue));

        var reader = new EnvelopeReader(buffer.WrittenMemory);
        Assert.True(reader.TryReadHead(out var head, out _));
        Assert.Equal(new EnvelopeHead(0xFFFFFFFF, -7), head);
        Assert.Equal(new EnvelopeEcho(-5, long.MaxValue), reader.PeekEcho());
        Assert.True(reader.TryReadCount(out var requests));
        Assert.Equal(3, requests);
        Assert.True(reader.TryReadRequest(default, out var probe));
        Assert.Equal((CallKind.Probe, 0UL), (probe.Kind, probe.Id));
        Assert.True(reader.TryReadRequest(default, out var first));
        Assert.Equal((CallKind.Post, ulong.MaxValue, 1234), (first.Kind, first.Id, first.AgeMilliseconds));
        Assert.Equal((Chat, Id, true, post.Key, 70_000), (first.ApiId, first.ConnectionId, first.IsBinary, first.Key, first.Payload.Length));
        Assert.True(reader.TryReadRequest(first.ApiId, out var second));
        Assert.Equal((CallKind.Get, Id, true), (second.Kind, second.ConnectionId, second.Key.IsNone));
        Assert.Same(first.ApiId.ToString(), second.ApiId.ToString());
        Assert.True(reader.TryReadCount(out var replies));
        Assert.Equal(4, replies);
        Assert.True(reader.TryReadReply(out var full));
        Assert.Equal(new ReplyFrame(5, ReplyOutcome.Full), full);
        Assert.True(reader.TryReadReply(out var shown));
        Assert.Equal(new ConnectionDescription("2001:db8::1", "\u00e9", At, At), shown.Description);
        Assert.True(reader.TryReadReply(out var bare));
        Assert.Equal(new ConnectionDescription("", null, default, DateTimeOffset.MaxValue), bare.Description);
        Assert.True(reader.TryReadReply(out var repeat));
        Assert.Equal(new ReplyFrame(8, ReplyOutcome.Repeated), repeat);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_RequestForMany_IsTheSame(bool hasKeys)
    {
        using var buffer = new PooledBufferWriter();
        var (targets, keys) = (new byte[3 * ConnectionId.Size], hasKeys ? new byte[3 * DeliveryKey.Size] : []);
        Random.Shared.NextBytes(targets);
        Random.Shared.NextBytes(keys);
        var writer = new EnvelopeWriter(buffer, new EnvelopeHead(1, 2));
        writer.WriteCount(1);
        writer.WriteRequest(3, 4, new RemoteCall(CallKind.PostMany, Id, Chat, 0) { Targets = targets, TargetKeys = keys, Payload = "hello"u8.ToArray(), IsBinary = true });
        writer.WriteCount(1);
        writer.WriteReply(new ReplyFrame(6, ReplyOutcome.Done) { Each = [1, 2, 3] });
        writer.Finish(new EnvelopeEcho(7, 8));

        var reader = new EnvelopeReader(buffer.WrittenMemory);
        Assert.True(reader.TryReadHead(out _, out _));
        Assert.True(reader.TryReadCount(out _));
        Assert.True(reader.TryReadRequest(Chat, out var request));
        Assert.Equal((CallKind.PostMany, 3UL, 4L, Chat, true), (request.Kind, request.Id, request.AgeMilliseconds, request.ApiId, request.IsBinary));
        Assert.Equal(targets, request.Targets.ToArray());
        Assert.Equal(keys, request.TargetKeys.ToArray());
        Assert.Equal("hello"u8.ToArray(), request.Payload.ToArray());
        Assert.True(reader.TryReadCount(out _));
        Assert.True(reader.TryReadReply(out var reply));
        Assert.Equal([1, 2, 3], reply.Each);
        Assert.Equal(new EnvelopeEcho(7, 8), EchoOf(buffer.WrittenMemory));
        for (var length = 0; length < buffer.WrittenCount - EchoBytes; length++)
        {
            Assert.False(ReadAll(buffer.WrittenMemory[..length]), $"{length} bytes were taken for a whole batch.");
        }
    }

    [Theory]
    [InlineData(CallKind.PostMany, 0, 0)]
    [InlineData(CallKind.PostMany, 14, 0)]
    [InlineData(CallKind.PostMany, 26, 16)]
    [InlineData(CallKind.PostMany, 13, 15)]
    [InlineData(CallKind.Post, 26, 0)]
    [InlineData(CallKind.Post, 13, 32)]
    [InlineData(CallKind.Post, 12, 16)]
    internal void Read_TargetsThatAreNone_SaysMalformed(CallKind kind, int targets, int keys)
    {
        using var buffer = new PooledBufferWriter();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(5);
        writer.Write(1);
        writer.Write(9);
        writer.Write(10);
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(8);
        writer.Write((int)kind);
        writer.Write(1);
        writer.Write(0);
        writer.Write("chat");
        writer.Write(new byte[targets]);
        if (keys == 0)
        {
            writer.WriteNil();
        }
        else
        {
            writer.Write(new byte[keys]);
        }

        writer.Write(false);
        writer.Write(new byte[3]);
        writer.WriteArrayHeader(0);
        writer.Flush();
        Assert.False(ReadAll(buffer.WrittenMemory));
    }

    [Fact]
    public void Read_EveryTruncation_SaysMalformed()
    {
        using var buffer = new PooledBufferWriter();
        var writer = new EnvelopeWriter(buffer, new EnvelopeHead(1, 2));
        writer.WriteCount(1);
        writer.WriteRequest(3, 4, new RemoteCall(CallKind.Post, Id, Chat, 0) { Payload = "hello"u8.ToArray() });
        writer.WriteCount(1);
        writer.WriteReply(new ReplyFrame(6, ReplyOutcome.Done, new ConnectionDescription("192.0.2.1", "agent", At, At)));
        writer.Finish(new EnvelopeEcho(7, 8));
        Assert.True(ReadAll(buffer.WrittenMemory));
        Assert.Equal(new EnvelopeEcho(7, 8), EchoOf(buffer.WrittenMemory));
        for (var length = 0; length < buffer.WrittenCount; length++)
        {
            Assert.Null(EchoOf(buffer.WrittenMemory[..length]));
        }

        for (var length = 0; length < buffer.WrittenCount - EchoBytes; length++)
        {
            Assert.False(ReadAll(buffer.WrittenMemory[..length]), $"{length} bytes were taken for a whole batch.");
        }
    }

    [Fact]
    public void Read_MembersOfALaterVersion_AreSkipped_AndUnknownKindsKept()
    {
        using var buffer = new PooledBufferWriter();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(5);
        writer.Write(1);
        writer.Write(9);
        writer.Write(10);
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(5);
        writer.Write(77);
        writer.Write(1);
        writer.Write(0);
        writer.WriteMapHeader(1);
        writer.Write("x");
        writer.WriteArrayHeader(2);
        writer.WriteNil();
        writer.Write(new byte[3]);
        writer.Write("y");
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(4);
        writer.Write(5);
        writer.Write(1);
        writer.WriteNil();
        writer.Write("later");
        writer.Flush();
        Assert.True(ReadAll(buffer.WrittenMemory));
    }

    [Fact]
    public void Read_ArraysNestedWithoutEnd_SaysMalformed()
    {
        using var buffer = new PooledBufferWriter();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(5);
        writer.Write(1);
        writer.Write(9);
        writer.Write(10);
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(4);
        writer.Write(77);
        writer.Write(1);
        writer.Write(0);
        for (var i = 0; i < 1_000_000; i++)
        {
            writer.WriteArrayHeader(1);
        }

        writer.WriteNil();
        writer.WriteArrayHeader(0);
        writer.Flush();
        Assert.False(ReadAll(buffer.WrittenMemory));
    }

    /// <summary>A node of an earlier version sends none, and one that has heard nothing has none.</summary>
    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void Read_NoEcho_IsNone(int members, bool isNil)
    {
        using var buffer = new PooledBufferWriter();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(members);
        writer.Write(1);
        writer.Write(9);
        writer.Write(10);
        writer.WriteArrayHeader(0);
        writer.WriteArrayHeader(0);
        if (isNil)
        {
            writer.WriteNil();
        }

        writer.Flush();
        Assert.Null(EchoOf(buffer.WrittenMemory));
        Assert.True(ReadAll(buffer.WrittenMemory));
    }

    private static EnvelopeEcho? EchoOf(ReadOnlyMemory<byte> batch)
    {
        var reader = new EnvelopeReader(batch);
        return reader.TryReadHead(out _, out _) ? reader.PeekEcho() : null;
    }

    private static bool ReadAll(ReadOnlyMemory<byte> batch)
    {
        var reader = new EnvelopeReader(batch);
        if (!reader.TryReadHead(out _, out _) || !reader.TryReadCount(out var count))
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!reader.TryReadRequest(default, out _))
            {
                return false;
            }
        }

        if (!reader.TryReadCount(out count))
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!reader.TryReadReply(out _))
            {
                return false;
            }
        }

        return true;
    }
}
