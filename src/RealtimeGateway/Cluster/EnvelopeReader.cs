using System.Buffers;
using MessagePack;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>Reads what <see cref="EnvelopeWriter"/> wrote, or anything else: no bytes make it throw. After a <see langword="false"/> nothing more can be read.</summary>
internal ref struct EnvelopeReader(ReadOnlyMemory<byte> batch)
{
    /// <summary>A reader that follows nested arrays must not follow them for ever: its stack is finite.</summary>
    private const int MaxDepth = 8;

    /// <summary>How many members a batch has before its echo.</summary>
    private const int MembersBeforeEcho = 5;

    private MessagePackReader _reader = new(batch);
    private int _members;

    /// <summary>Reads the beginning.</summary>
    /// <param name="head">The beginning.</param>
    /// <param name="isOtherVersion">Whether it is a batch of another version, of which no more is known.</param>
    public bool TryReadHead(out EnvelopeHead head, out bool isOtherVersion)
    {
        head = default;
        isOtherVersion = false;
        try
        {
            _members = _reader.ReadArrayHeader();
            if (_members < 1)
            {
                return false;
            }

            isOtherVersion = _reader.ReadInt32() != EnvelopeWriter.Version;
            if (isOtherVersion)
            {
                return false;
            }

            head = new EnvelopeHead(_reader.ReadUInt32(), _reader.ReadInt64());
            return true;
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return false;
        }
    }

    /// <summary>
    /// After the beginning: looks up what the batch ends with. Null when there is none, or no way to it. What is in between is still to be read.
    /// </summary>
    public readonly EnvelopeEcho? PeekEcho()
    {
        if (_members <= MembersBeforeEcho)
        {
            return null;
        }

        // A copy: this reader stays where it is.
        var ahead = this;
        try
        {
            return ahead.TrySkip(2, depth: 0) && !ahead._reader.TryReadNil() && ahead._reader.ReadArrayHeader() >= 2
                ? new EnvelopeEcho(ahead._reader.ReadInt64(), ahead._reader.ReadInt64())
                : null;
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return null;
        }
    }

    /// <summary>Reads how many requests, or after them replies, follow.</summary>
    public bool TryReadCount(out int count)
    {
        count = 0;
        try
        {
            count = _reader.ReadArrayHeader();
            return true;
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return false;
        }
    }

    /// <summary>Reads a request.</summary>
    /// <param name="known">An API that is likely: one that is named again needs no new string.</param>
    /// <param name="request">The request; of a kind that is not known only what every request has.</param>
    public bool TryReadRequest(ApiId known, out RequestFrame request)
    {
        request = default;
        try
        {
            var members = _reader.ReadArrayHeader();
            if (members < 3)
            {
                return false;
            }

            request = new RequestFrame((CallKind)_reader.ReadInt32(), _reader.ReadUInt64(), _reader.ReadInt64());
            var read = 3;
            if (request.Kind is CallKind.Post or CallKind.Get or CallKind.Delete or CallKind.PostMany)
            {
                if (members < 8 || !TryReadCall(known, ref request))
                {
                    return false;
                }

                read = 8;
            }

            return TrySkip(members - read, depth: 0);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return false;
        }
    }

    /// <summary>Reads a reply.</summary>
    public bool TryReadReply(out ReplyFrame reply)
    {
        reply = default;
        try
        {
            var members = _reader.ReadArrayHeader();
            if (members < 2)
            {
                return false;
            }

            reply = new ReplyFrame(_reader.ReadUInt64(), (ReplyOutcome)_reader.ReadInt32());
            if (members == 2 || _reader.TryReadNil())
            {
                return TrySkip(members - Math.Min(members, 3), depth: 0);
            }

            if (_reader.NextMessagePackType == MessagePackType.Binary)
            {
                if (!TryReadBytes(out var each))
                {
                    return false;
                }

                reply = reply with { Each = each.ToArray() };
            }
            else if (TryReadDescription(out var description))
            {
                reply = reply with { Description = description };
            }
            else
            {
                return false;
            }

            return TrySkip(members - 3, depth: 0);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return false;
        }
    }

    private bool TryReadCall(ApiId known, ref RequestFrame request)
    {
        if (!TryReadApi(known, out var api) || !TryReadBytes(out var ids) || !TryReadKeys(out var keys))
        {
            return false;
        }

        request = request with { ApiId = api };
        if (!(request.Kind == CallKind.PostMany ? TryTakeTargets(ids, keys, ref request) : TryTakeTarget(ids.Span, keys.Span, ref request)))
        {
            return false;
        }

        var isBinary = _reader.ReadBoolean();
        if (!TryReadBytes(out var payload))
        {
            return false;
        }

        request = request with { IsBinary = isBinary, Payload = payload };
        return true;
    }

    private static bool TryTakeTarget(ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, ref RequestFrame request)
    {
        if (id.Length != ConnectionId.Size || key.Length is not (0 or DeliveryKey.Size))
        {
            return false;
        }

        request = request with { ConnectionId = ConnectionId.Read(id), Key = key.IsEmpty ? default : DeliveryKey.Read(key) };
        return true;
    }

    private static bool TryTakeTargets(ReadOnlyMemory<byte> ids, ReadOnlyMemory<byte> keys, ref RequestFrame request)
    {
        var (count, rest) = Math.DivRem(ids.Length, ConnectionId.Size);
        if (count == 0 || rest != 0 || (!keys.IsEmpty && keys.Length != count * DeliveryKey.Size))
        {
            return false;
        }

        request = request with { Targets = ids, TargetKeys = keys };
        return true;
    }

    private bool TryReadApi(ApiId known, out ApiId api)
    {
        api = known;
        return (_reader.TryReadStringSpan(out var text) && System.Text.Ascii.Equals(text, known.ToString()))
            || ApiId.TryParse(System.Text.Encoding.UTF8.GetString(text), null, out api);
    }

    /// <summary>Reads keys, or nothing in place of them.</summary>
    private bool TryReadKeys(out ReadOnlyMemory<byte> keys)
    {
        keys = default;
        return _reader.TryReadNil() || (TryReadBytes(out keys) && !keys.IsEmpty);
    }

    private bool TryReadBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (_reader.ReadBytes() is not { } sequence)
        {
            return false;
        }

        // The reader was given one piece of memory.
        bytes = sequence.IsSingleSegment ? sequence.First : sequence.ToArray();
        return true;
    }

    private bool TryReadDescription(out ConnectionDescription description)
    {
        description = default;
        var members = _reader.ReadArrayHeader();
        if (members < 4
            || _reader.ReadString() is not { } sourceIp)
        {
            return false;
        }

        var userAgent = _reader.ReadString();
        if (!TryReadTime(out var connectedAt) || !TryReadTime(out var lastActiveAt))
        {
            return false;
        }

        description = new(sourceIp, userAgent, connectedAt, lastActiveAt);
        return TrySkip(members - 4, depth: 0);
    }

    private bool TryReadTime(out DateTimeOffset time)
    {
        var ticks = _reader.ReadInt64();
        var isTime = ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks;
        time = isTime ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return isTime;
    }

    private bool TrySkip(long values, int depth)
    {
        for (; values > 0; values--)
        {
            switch (_reader.NextMessagePackType)
            {
                case MessagePackType.Array when depth == MaxDepth || !TrySkip(_reader.ReadArrayHeader(), depth + 1):
                case MessagePackType.Map when depth == MaxDepth || !TrySkip(_reader.ReadMapHeader() * 2L, depth + 1):
                    return false;
                case MessagePackType.Array or MessagePackType.Map:
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return true;
    }

    /// <summary>What the reader of MessagePack says of bytes that are none, or of numbers that are too big.</summary>
    private static bool IsMalformed(Exception exception) => exception is MessagePackSerializationException or EndOfStreamException or OverflowException;
}
