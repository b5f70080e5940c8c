using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace RealtimeGateway.Load.WebSockets;

/// <summary>Framing as a client needs it (RFC 6455 §5.2): masked out, bare in, no extensions.</summary>
internal static class Frame
{
    public const byte Continuation = 0x0;
    public const byte Text = 0x1;
    public const byte Close = 0x8;
    public const byte Ping = 0x9;
    public const byte Pong = 0xA;

    /// <summary>The longest header of a masked frame.</summary>
    public const int MaxHeaderBytes = 14;

    /// <summary>The most a server may send in one frame before we call it broken.</summary>
    public const int MaxPayloadBytes = 16 * 1024 * 1024;

    /// <summary>Writes a whole masked frame and returns its length.</summary>
    public static int Write(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload, uint maskingKey, bool isFinal = true)
    {
        destination[0] = (byte)((isFinal ? 0x80 : 0) | opcode);
        int header;
        if (payload.Length < 126)
        {
            destination[1] = (byte)(0x80 | payload.Length);
            header = 2;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            destination[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
            header = 4;
        }
        else
        {
            destination[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payload.Length);
            header = 10;
        }

        MemoryMarshal.Write(destination[header..], maskingKey);
        Mask(payload, destination[(header + 4)..], maskingKey);
        return header + 4 + payload.Length;
    }

    /// <summary>Reads one frame of a server off the front of <paramref name="bytes"/>.</summary>
    public static FrameStatus TryRead(ref ReadOnlySpan<byte> bytes, out byte opcode, out bool isFinal, out ReadOnlySpan<byte> payload)
    {
        opcode = 0;
        isFinal = false;
        payload = default;
        if (bytes.Length < 2)
        {
            return FrameStatus.Incomplete;
        }

        // Reserved bits would mean an extension, and a mask a confused peer.
        if ((bytes[0] & 0x70) != 0 || (bytes[1] & 0x80) != 0)
        {
            return FrameStatus.Invalid;
        }

        ulong length = (uint)bytes[1] & 0x7F;
        var header = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
        {
            return FrameStatus.Incomplete;
        }

        length = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => length,
        };
        if (length > MaxPayloadBytes)
        {
            return FrameStatus.Invalid;
        }

        if ((ulong)(bytes.Length - header) < length)
        {
            return FrameStatus.Incomplete;
        }

        opcode = (byte)(bytes[0] & 0x0F);
        isFinal = (bytes[0] & 0x80) != 0;
        payload = bytes.Slice(header, (int)length);
        bytes = bytes[(header + (int)length)..];
        return FrameStatus.Complete;
    }

    private static void Mask(ReadOnlySpan<byte> source, Span<byte> destination, uint key)
    {
        var i = 0;
        var wide = new Vector<uint>(key);
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var chunk = Vector.AsVectorUInt32(new Vector<byte>(source[i..])) ^ wide;
            Vector.AsVectorByte(chunk).CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ (key >> (8 * (i & 3))));
        }
    }
}
