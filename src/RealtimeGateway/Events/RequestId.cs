using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace RealtimeGateway.Events;

/// <summary>Names one event: a connect, a message or a disconnect. 11 random bytes printed as 16 characters, the last one <c>=</c>, as on AWS.</summary>
internal readonly record struct RequestId : IUtf8SpanFormattable
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 11;

    /// <summary>Length of the printed form in characters.</summary>
    public const int TextLength = 16;

    private readonly Bytes11 _bytes;

    /// <summary>Makes an id of 11 bytes.</summary>
    public RequestId(ReadOnlySpan<byte> bytes) => bytes[..Size].CopyTo(_bytes);

    [UnscopedRef]
    private ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Reads the printed form.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RequestId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isId = text is [.., '='] && text.Length == TextLength && Base64Url.TryDecodeFromChars(text[..^1], bytes, out var length) && length == Size;
        id = isId ? new RequestId(bytes) : default;
        return isId;
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
        utf8Destination[TextLength - 1] = (byte)'=';
        bytesWritten = TextLength;
        return true;
    }

    /// <summary>The printed form.</summary>
    public override string ToString() => string.Create(TextLength, this, static (chars, id) =>
    {
        Base64Url.EncodeToChars(id.Span, chars);
        chars[TextLength - 1] = '=';
    });

    /// <summary>Equal when all bytes are.</summary>
    public bool Equals(RequestId other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    [InlineArray(Size)]
    private struct Bytes11
    {
        private byte _element;
    }
}
