using System.Buffers.Binary;
using System.Buffers;
using MessagePack;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Writes a batch: <c>[version, sender, sentAt, [request…], [reply…], echo or nil]</c> in MessagePack. A request is
/// <c>[kind, id, age, api, connection, key or nil, isBinary, payload]</c>, of a probe the first three; a reply is
/// <c>[id, outcome]</c>, and with a description <c>[sourceIp, userAgent or nil, connectedAt, lastActiveAt]</c> or nil as the third, and <c>true</c> as the fourth when it is a repeat; an echo is <c>[sentAt, heldFor]</c>. A member that a reader does not know stands
/// behind those that it knows.
/// </summary>
internal ref struct EnvelopeWriter
{
    /// <summary>The version of the format. A node ignores a batch of another one.</summary>
    public const int Version = 1;

    /// <summary>What a request takes at most besides its payload.</summary>
    public const int RequestOverheadBytes = 144;

    private const int KeyBytes = 16;

    private MessagePackWriter _writer;

    /// <summary>Begins a batch; the numbers of requests and of replies follow, each before its own, and then the echo.</summary>
    public EnvelopeWriter(IBufferWriter<byte> output, EnvelopeHead head)
    {
        _writer = new MessagePackWriter(output);
        _writer.WriteArrayHeader(6);
        _writer.Write(Version);
        _writer.Write(head.Sender);
        _writer.Write(head.SentAt);
    }

    /// <summary>Begins the requests, or after them the replies.</summary>
    public void WriteCount(int count) => _writer.WriteArrayHeader(count);

    /// <summary>Writes a request for nothing but an answer.</summary>
    public void WriteProbe()
    {
        _writer.WriteArrayHeader(3);
        _writer.Write((int)CallKind.Probe);
        _writer.Write(0UL);
        _writer.Write(0L);
    }

    /// <summary>Writes a request.</summary>
    public void WriteRequest(ulong id, long ageMilliseconds, in RemoteCall call)
    {
        _writer.WriteArrayHeader(8);
        _writer.Write((int)call.Kind);
        _writer.Write(id);
        _writer.Write(ageMilliseconds);
        _writer.Write(call.ApiId.ToString());
        _writer.WriteBinHeader(ConnectionId.Size);
        call.Id.CopyTo(_writer.GetSpan(ConnectionId.Size));
        _writer.Advance(ConnectionId.Size);
        if (call.Key.IsNone)
        {
            _writer.WriteNil();
        }
        else
        {
            _writer.WriteBinHeader(KeyBytes);
            BinaryPrimitives.WriteUInt128BigEndian(_writer.GetSpan(KeyBytes), call.Key.Digest);
            _writer.Advance(KeyBytes);
        }

        _writer.Write(call.IsBinary);
        _writer.Write(call.Payload.Span);
    }

    /// <summary>Writes a reply.</summary>
    public void WriteReply(in ReplyFrame reply)
    {
        _writer.WriteArrayHeader(reply.IsRepeat ? 4 : reply.Description is null ? 2 : 3);
        _writer.Write(reply.RequestId);
        _writer.Write((int)reply.Outcome);
        if (reply.Description is { } shown)
        {
            _writer.WriteArrayHeader(4);
            _writer.Write(shown.SourceIp);
            _writer.Write(shown.UserAgent);
            _writer.Write(shown.ConnectedAt.UtcTicks);
            _writer.Write(shown.LastActiveAt.UtcTicks);
        }
        else if (reply.IsRepeat)
        {
            _writer.WriteNil();
        }

        if (reply.IsRepeat)
        {
            _writer.Write(true);
        }
    }

    /// <summary>Ends the batch with what was last heard of its receiver, if anything was, and hands it to the output.</summary>
    public void Finish(EnvelopeEcho? echo)
    {
        if (echo is var (sentAt, heldFor))
        {
            _writer.WriteArrayHeader(2);
            _writer.Write(sentAt);
            _writer.Write(heldFor);
        }
        else
        {
            _writer.WriteNil();
        }

        _writer.Flush();
    }
}
