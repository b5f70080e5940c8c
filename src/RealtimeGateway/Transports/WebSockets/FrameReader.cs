using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Reads and validates frame headers (RFC 6455 §5.2). Pure: keeps nothing, allocates nothing, touches no payload.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
/// |I|S|S|S|  (4)  |A|     (7)     |   (16/64, if len==126/127)    |
/// |N|V|V|V|       |S|             |                               |
/// | |1|2|3|       |K|             |                               |
/// +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
/// |              Masking key (32), if MASK                        |
/// +---------------------------------------------------------------+
/// </code>
/// What is wrong is said at the first byte that shows it, not once the header is whole.
/// </remarks>
internal static class FrameReader
{
    /// <summary>The longest header: 2 bytes, a 64-bit length, a mask key.</summary>
    public const int MaxHeaderSize = 14;

    private const byte FinalBit = 0x80;
    private const byte ReservedBits = 0x70;
    private const byte MaskBit = 0x80;
    private const int Length16 = 126;
    private const int Length64 = 127;

    // Text, binary, continuation, close, ping, pong: one bit each, so that one shift tells a reserved opcode.
    private const int KnownOpcodes = 0b0000_0111_0000_0111;

    /// <summary>Reads the header at the start of <paramref name="input"/>, which keeps all its bytes; the header's <c>Size</c> says how many are used up.</summary>
    /// <param name="input">What has arrived, from the first byte of a frame.</param>
    /// <param name="masked">Whether frames must be masked: <see langword="true"/> when reading a client, <see langword="false"/> when reading a server (RFC 6455 §5.1).</param>
    /// <param name="maxPayload">The largest payload, in bytes, that a frame may announce.</param>
    /// <param name="header">The header, when the result is <see cref="FrameStatus.Complete"/> or <see cref="FrameStatus.TooBig"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FrameStatus TryRead(ReadOnlySpan<byte> input, bool masked, long maxPayload, out FrameHeader header)
    {
        header = default;
        if (input.Length < 2)
        {
            return input.Length == 1 && !IsValidStart(input[0]) ? FrameStatus.ProtocolError : FrameStatus.NeedMore;
        }

        int first = input[0];
        int second = input[1];
        if (!IsValidStart(first) || (second & MaskBit) != (masked ? MaskBit : 0))
        {
            return FrameStatus.ProtocolError;
        }

        var opcode = (Opcode)(first & 0xF);
        long length = second & 0x7F;
        var size = 2;
        // RFC 6455 §5.5: a control frame is whole and short.
        if (opcode >= Opcode.Close && (length > FrameHeader.MaxControlPayload || (first & FinalBit) == 0))
        {
            return FrameStatus.ProtocolError;
        }

        if (length >= Length16)
        {
            var status = ReadLongLength(input, ref length, ref size);
            if (status != FrameStatus.Complete)
            {
                return status;
            }
        }

        uint key = 0;
        if (masked)
        {
            if (input.Length < size + sizeof(uint))
            {
                return FrameStatus.NeedMore;
            }

            key = MemoryMarshal.Read<uint>(input[size..]);
            size += sizeof(uint);
        }

        header = new FrameHeader(opcode, (first & FinalBit) != 0, masked, length, key, size);
        return length > maxPayload ? FrameStatus.TooBig : FrameStatus.Complete;
    }

    /// <summary>As the other form; a <see cref="FrameStatus.Complete"/> or <see cref="FrameStatus.TooBig"/> header is taken off <paramref name="input"/>.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, bool, long, out FrameHeader)"/>
    public static FrameStatus TryRead(ref ReadOnlySequence<byte> input, bool masked, long maxPayload, out FrameHeader header)
    {
        var span = input.FirstSpan;
        FrameStatus status;
        if (span.Length >= MaxHeaderSize || input.IsSingleSegment)
        {
            status = TryRead(span, masked, maxPayload, out header);
        }
        else
        {
            Span<byte> joined = stackalloc byte[MaxHeaderSize];
            var length = (int)Math.Min(input.Length, MaxHeaderSize);
            input.Slice(0, length).CopyTo(joined);
            status = TryRead(joined[..length], masked, maxPayload, out header);
        }

        if (header.Size > 0)
        {
            input = input.Slice(header.Size);
        }

        return status;
    }

    // No extension is ever negotiated, so RSV1-3 must be zero on every frame, control frames included (RFC 6455 §5.2).
    private static bool IsValidStart(int first) => (first & ReservedBits) == 0 && ((KnownOpcodes >> (first & 0xF)) & 1) != 0;

    private static FrameStatus ReadLongLength(ReadOnlySpan<byte> input, ref long length, ref int size)
    {
        if (length == Length16)
        {
            size = 4;
            if (input.Length < size)
            {
                return FrameStatus.NeedMore;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
            // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length".
            return length < Length16 ? FrameStatus.ProtocolError : FrameStatus.Complete;
        }

        size = 10;
        if (input.Length < size)
        {
            // The most significant bit must be 0, and that is the first byte of the eight.
            return input.Length > 2 && (input[2] & 0x80) != 0 ? FrameStatus.ProtocolError : FrameStatus.NeedMore;
        }

        length = BinaryPrimitives.ReadInt64BigEndian(input[2..]);
        return length <= ushort.MaxValue ? FrameStatus.ProtocolError : FrameStatus.Complete;
    }
}
