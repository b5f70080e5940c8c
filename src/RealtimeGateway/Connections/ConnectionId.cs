using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RealtimeGateway.Connections;

/// <summary>
/// Names one client connection and the node that holds it: 4 bytes of node incarnation and 9 random bytes, printed as Amazon API
/// Gateway prints its ids, <c>^[A-Za-z0-9_-]{18}==$</c>. Clients and back ends must treat it as opaque.
/// </summary>
/// <remarks>
/// The incarnation lets any node find the owner without a directory; 72 random bits make ids unguessable. Parsing is canonical:
/// exactly one text exists for each id.
/// </remarks>
internal readonly record struct ConnectionId : ISpanFormattable, IUtf8SpanFormattable, IComparable<ConnectionId>
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 13;

    /// <summary>Length of the printed form in characters.</summary>
    public const int TextLength = 20;

    private readonly Bytes13 _bytes;

    private ConnectionId(ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes);

    /// <summary>Makes an id of the node <paramref name="incarnation"/> from 9 random bytes.</summary>
    public static ConnectionId Create(uint incarnation, ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, Size - 4);
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, incarnation);
        random.CopyTo(bytes[4..]);
        return new ConnectionId(bytes);
    }

    /// <summary>Reads what <see cref="CopyTo"/> wrote: exactly <see cref="Size"/> bytes.</summary>
    public static ConnectionId Read(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        return new ConnectionId(bytes);
    }

    /// <summary>The incarnation of the node that made the id.</summary>
    public uint Incarnation => BinaryPrimitives.ReadUInt32BigEndian(Span);

    /// <summary>The 8 last bytes; ids of messages end in them, as on AWS.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Tail => Span[5..];

    [UnscopedRef]
    private ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Writes the 13 bytes.</summary>
    public void CopyTo(Span<byte> destination) => Span.CopyTo(destination);

    /// <summary>Parses the printed form. <see langword="false"/> for anything that is not exactly the text of one id.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ConnectionId id)
    {
        id = default;
        // Base64Url accepts missing padding and white space; an id has exactly one spelling.
        if (text.Length != TextLength || text[18] != '=' || text[19] != '=' || text.ContainsAny(" \t\r\n"))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size + 2];
        // Not TryDecodeFromChars: that throws for what is not base64.
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written != Size)
        {
            return false;
        }

        var parsed = new ConnectionId(bytes[..Size]);
        Span<char> canonical = stackalloc char[TextLength];
        if (!parsed.TryFormat(canonical, out _) || !text.SequenceEqual(canonical))
        {
            return false;
        }

        id = parsed;
        return true;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = 0;
        if (destination.Length < TextLength)
        {
            return false;
        }

        Base64Url.EncodeToChars(Span, destination);
        destination[18] = '=';
        destination[19] = '=';
        charsWritten = TextLength;
        return true;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        bytesWritten = 0;
        if (utf8Destination.Length < TextLength)
        {
            return false;
        }

        Base64Url.EncodeToUtf8(Span, utf8Destination);
        utf8Destination[18] = (byte)'=';
        utf8Destination[19] = (byte)'=';
        bytesWritten = TextLength;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(TextLength, this, static (chars, id) => id.TryFormat(chars, out _));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>Equal when all 13 bytes are.</summary>
    public bool Equals(ConnectionId other) => Span.SequenceEqual(other.Span);

    /// <summary>By bytes: an order that means nothing, but in which a list can be gone through page by page.</summary>
    public int CompareTo(ConnectionId other) => Span.SequenceCompareTo(other.Span);

    /// <inheritdoc/>
    // The last bytes are uniformly random, so they are their own hash.
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span[9..]);

    [InlineArray(Size)]
    private struct Bytes13
    {
        private byte _element;
    }
}
