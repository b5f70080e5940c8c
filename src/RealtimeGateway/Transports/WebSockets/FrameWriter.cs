using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Writes frames (RFC 6455 §5.2): a server's, unmasked. Pure, without allocation but for <see cref="EncodeMessage"/>.</summary>
internal static class FrameWriter
{
    /// <summary>Largest payload of one frame that the gateway sends, in bytes: Amazon API Gateway's frame quota. Longer messages go in fragments.</summary>
    public const int DefaultMaxFramePayload = 32_768;

    /// <summary>The text of a close frame in bytes: what a control frame holds, less the code.</summary>
    public const int MaxCloseReason = FrameHeader.MaxControlPayload - sizeof(ushort);

    private const byte FinalBit = 0x80;
    private const byte MaskBit = 0x80;

    /// <summary>Bytes of the header before <paramref name="payloadLength"/> bytes.</summary>
    public static int HeaderSize(int payloadLength, bool masked = false) =>
        (masked ? 2 + sizeof(uint) : 2) + payloadLength switch
        {
            <= 125 => 0,
            <= ushort.MaxValue => sizeof(ushort),
            _ => sizeof(ulong),
        };

    /// <summary>Bytes that <see cref="WriteMessage"/> writes for a message of <paramref name="length"/> bytes.</summary>
    public static long EncodedSize(int length, int maxFramePayload = DefaultMaxFramePayload)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFramePayload);
        var (full, rest) = Math.DivRem(length, maxFramePayload);
        long size = length + ((long)full * HeaderSize(maxFramePayload));
        return rest > 0 || length == 0 ? size + HeaderSize(rest) : size;
    }

    /// <summary>Writes one message, in fragments when it is longer than <paramref name="maxFramePayload"/>.</summary>
    /// <param name="output">Advanced by <see cref="EncodedSize"/>; not flushed.</param>
    /// <param name="opcode"><see cref="Opcode.Text"/> or <see cref="Opcode.Binary"/>.</param>
    /// <param name="message">The whole message; that text is UTF-8 is the caller's promise.</param>
    /// <param name="maxFramePayload">Bytes, at least 1.</param>
    public static void WriteMessage(IBufferWriter<byte> output, Opcode opcode, ReadOnlySpan<byte> message, int maxFramePayload = DefaultMaxFramePayload)
    {
        ThrowIfNotMessage(opcode);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFramePayload);
        while (message.Length > maxFramePayload)
        {
            WriteFrame(output, opcode, isFinal: false, message[..maxFramePayload]);
            message = message[maxFramePayload..];
            opcode = Opcode.Continuation;
        }

        WriteFrame(output, opcode, isFinal: true, message);
    }

    /// <summary>Encodes one message into an array of exactly its size, to be sent as it is to any number of connections.</summary>
    /// <inheritdoc cref="WriteMessage"/>
    public static byte[] EncodeMessage(Opcode opcode, ReadOnlySpan<byte> message, int maxFramePayload = DefaultMaxFramePayload)
    {
        ThrowIfNotMessage(opcode);
        var encoded = GC.AllocateUninitializedArray<byte>(checked((int)EncodedSize(message.Length, maxFramePayload)));
        var rest = encoded.AsSpan();
        bool isFinal;
        do
        {
            isFinal = message.Length <= maxFramePayload;
            var payload = isFinal ? message : message[..maxFramePayload];
            var size = WriteHeader(rest, opcode, isFinal, payload.Length);
            payload.CopyTo(rest[size..]);
            rest = rest[(size + payload.Length)..];
            message = message[payload.Length..];
            opcode = Opcode.Continuation;
        }
        while (!isFinal);

        return encoded;
    }

    /// <summary>Writes a ping with at most 125 bytes of payload.</summary>
    public static void WritePing(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => WriteControl(output, Opcode.Ping, payload);

    /// <summary>Writes a pong; the payload is that of the ping it answers.</summary>
    public static void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => WriteControl(output, Opcode.Pong, payload);

    /// <summary>Writes a close frame; a reason over 123 bytes of UTF-8 is cut after the last character that fits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The code must not be sent (<see cref="CloseReason.IsSendable"/>).</exception>
    public static void WriteClose(IBufferWriter<byte> output, CloseReason reason)
    {
        if (!CloseReason.IsSendable(reason.Code))
        {
            throw new ArgumentOutOfRangeException(nameof(reason), reason.Code, "This close code is never sent.");
        }

        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, reason.Code);
        Utf8.FromUtf16(reason.Reason, payload[sizeof(ushort)..], out _, out var written);
        WriteControl(output, Opcode.Close, payload[..(sizeof(ushort) + written)]);
    }

    /// <summary>Answers a close frame with its own payload, code and reason, byte for byte, as AWS does.</summary>
    public static void WriteCloseEcho(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => WriteControl(output, Opcode.Close, payload);

    /// <summary>Writes one frame of a server.</summary>
    public static void WriteFrame(IBufferWriter<byte> output, Opcode opcode, bool isFinal, ReadOnlySpan<byte> payload)
    {
        // One span for the header and what fits after it: a small frame costs one GetSpan, and a large one asks no pipe for a large block.
        var span = output.GetSpan(HeaderSize(payload.Length));
        var size = WriteHeader(span, opcode, isFinal, payload.Length);
        var fitting = payload[..Math.Min(payload.Length, span.Length - size)];
        fitting.CopyTo(span[size..]);
        output.Advance(size + fitting.Length);
        if (fitting.Length < payload.Length)
        {
            output.Write(payload[fitting.Length..]);
        }
    }

    /// <summary>Writes one frame of a client, masked: for what speaks to a gateway, such as load generators and tests.</summary>
    /// <param name="output">Advanced by the frame; not flushed.</param>
    /// <param name="opcode">Any.</param>
    /// <param name="isFinal">Whether the frame ends its message.</param>
    /// <param name="payload">Is copied, not changed.</param>
    /// <param name="key">The four key bytes in memory order; RFC 6455 §5.3 wants them unpredictable.</param>
    public static void WriteMaskedFrame(IBufferWriter<byte> output, Opcode opcode, bool isFinal, ReadOnlySpan<byte> payload, uint key)
    {
        var span = output.GetSpan(HeaderSize(payload.Length, masked: true));
        var size = WriteHeader(span, opcode, isFinal, payload.Length);
        span[1] |= MaskBit;
        MemoryMarshal.Write(span[size..], key);
        size += sizeof(uint);
        while (true)
        {
            var portion = payload[..Math.Min(payload.Length, span.Length - size)];
            FrameMask.Copy(portion, span[size..], key);
            output.Advance(size + portion.Length);
            payload = payload[portion.Length..];
            if (payload.IsEmpty)
            {
                return;
            }

            key = FrameMask.Rotate(key, portion.Length);
            span = output.GetSpan(1);
            size = 0;
        }
    }

    private static void WriteControl(IBufferWriter<byte> output, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, FrameHeader.MaxControlPayload);
        WriteFrame(output, opcode, isFinal: true, payload);
    }

    private static int WriteHeader(Span<byte> span, Opcode opcode, bool isFinal, int length)
    {
        span[0] = (byte)((isFinal ? FinalBit : 0) | (int)opcode);
        switch (length)
        {
            case <= 125:
                span[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                span[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)length);
                return 4;
            default:
                span[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(span[2..], length);
                return 10;
        }
    }

    private static void ThrowIfNotMessage(Opcode opcode)
    {
        if (opcode is not (Opcode.Text or Opcode.Binary))
        {
            throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "A message is text or binary.");
        }
    }
}
