using System.Buffers;
using System.Text;

namespace RealtimeGateway.Signing;

/// <summary>Bytes that grow from a caller's stack memory into pooled memory; what canonical requests are written into.</summary>
/// <remarks>Dispose gives pooled memory back. Never copy one: two owners would return the same array twice.</remarks>
internal ref struct CanonicalBuffer
{
    // RFC 3986 §2.3; the only characters that SigV4 leaves unencoded.
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    private Span<byte> _bytes;
    private byte[]? _rented;
    private int _length;

    /// <summary>Starts in <paramref name="initial"/>, usually stack memory.</summary>
    public CanonicalBuffer(Span<byte> initial) => _bytes = initial;

    /// <summary>Bytes written.</summary>
    public readonly int Length => _length;

    /// <summary>What was written so far. Valid until the next write.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

    /// <summary>Writes one byte.</summary>
    public void Append(byte value)
    {
        if (_length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[_length++] = value;
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Append(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        _length += value.Length;
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void Append(scoped ReadOnlySpan<char> value) =>
        _length += Encoding.UTF8.GetBytes(value, Reserve(Encoding.UTF8.GetMaxByteCount(value.Length)));

    /// <summary>Writes bytes as lower-case hexadecimal.</summary>
    public void AppendHex(scoped ReadOnlySpan<byte> value)
    {
        Convert.TryToHexStringLower(value, Reserve(value.Length * 2), out var written);
        _length += written;
    }

    /// <summary>Writes one octet as it stands in a canonical URI: itself when unreserved, else <c>%XX</c>.</summary>
    public void AppendEncoded(byte value)
    {
        if (Unreserved.Contains(value))
        {
            Append(value);
            return;
        }

        var escaped = Reserve(3);
        escaped[0] = (byte)'%';
        escaped[1] = HexUpper(value >> 4);
        escaped[2] = HexUpper(value & 15);
        _length += 3;
    }

    /// <summary>Writes the UTF-8 octets of a character as <see cref="AppendEncoded(byte)"/> does; lone surrogates become U+FFFD.</summary>
    public void AppendEncoded(Rune value)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var octet in utf8[..value.EncodeToUtf8(utf8)])
        {
            AppendEncoded(octet);
        }
    }

    /// <summary>Writes a header value: trimmed, with every run of white space as one space.</summary>
    public void AppendCollapsed(scoped ReadOnlySpan<char> value)
    {
        value = value.Trim(" \t");
        while (!value.IsEmpty)
        {
            var end = value.IndexOfAny(' ', '\t');
            if (end < 0)
            {
                Append(value);
                return;
            }

            Append(value[..end]);
            Append((byte)' ');
            value = value[end..].TrimStart(" \t");
        }
    }

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose()
    {
        var rented = _rented;
        this = default;
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte HexUpper(int nibble) => (byte)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Grow(count);
        }

        return _bytes[_length..];
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + count), _bytes.Length * 2));
        _bytes[.._length].CopyTo(larger);
        var old = _rented;
        _bytes = _rented = larger;
        if (old is not null)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
