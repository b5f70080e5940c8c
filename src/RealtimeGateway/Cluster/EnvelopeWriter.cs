using System.Buffers;
using MessagePack;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Writes a batch: <c>[version, sender, sentAt, [request…], [reply…], echo or nil]</c> in MessagePack. A request is
/// <c>[kind, id, age, api, connection, key or nil, isBinary, payload]</c>, of a probe the first three; a reply is
/// <c>[id, outcome]</c>, and with a description <c>[sourceIp, userAgent or nil, connectedAt, lastActiveAt]</c> as the third; an echo is
/// <c>[sentAt, heldFor]</c>. In a request for several connections their ids, and their keys, stand one after the other in place of the one; the third of its
/// reply is a byte of outcome for each. A member that a reader does not know stands behind those that it knows.
/// </summary>
internal ref struct EnvelopeWriter
{
    /// <summary>The version of the format. A node ignores a batch of another one.</summary>
    public const int Version = 1;

    /// <summary>What a request takes at most besides its payload.</summary>
    public const int RequestOverheadBytes = 144;

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
        if (call.Kind == CallKind.PostMany)
        {
            WriteTargets(call);
        }
        else
        {
            WriteTarget(call);
        }

        _writer.Write(call.IsBinary);
        _writer.Write(call.Payload.Span);
    }

    /// <summary>Writes a reply.</summary>
    public void WriteReply(in ReplyFrame reply)
    {
        _writer.WriteArrayHeader(reply is { Description: null, Each: null } ? 2 : 3);
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
        else if (reply.Each is { } each)
        {
            _writer.Write(each.AsSpan());
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

    private void WriteTarget(in RemoteCall call)
    {
        _writer.WriteBinHeader(ConnectionId.Size);
        call.Id.CopyTo(_writer.GetSpan(ConnectionId.Size));
        _writer.Advance(ConnectionId.Size);
        if (call.Key.IsNone)
        {
            _writer.WriteNil();
            return;
        }

        _writer.WriteBinHeader(DeliveryKey.Size);
        call.Key.CopyTo(_writer.GetSpan(DeliveryKey.Size));
        _writer.Advance(DeliveryKey.Size);
    }

    private void WriteTargets(in RemoteCall call)
    {
        _writer.Write(call.Targets.Span);
        if (call.TargetKeys.IsEmpty)
        {
            _writer.WriteNil();
        }
        else
        {
            _writer.Write(call.TargetKeys.Span);
        }
    }
}
