using System.Globalization;
using System.Text;

namespace RealtimeGateway.Expressions;

/// <summary>The content of JSON strings as text. Only for strings that <see cref="JsonScanner"/> has accepted.</summary>
internal static class JsonEscapes
{
    /// <summary>
    /// Copies the text that <paramref name="content"/> stands for. A lone surrogate becomes U+FFFD. <see langword="false"/> when it does not
    /// fit; it always fits into <c>content.Length</c> bytes.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> content, Span<byte> destination, out int written)
    {
        written = 0;
        while (!content.IsEmpty)
        {
            var run = content.IndexOf((byte)'\\');
            run = run < 0 ? content.Length : run;
            if (!content[..run].TryCopyTo(destination[written..]))
            {
                return false;
            }

            written += run;
            content = content[run..];
            if (content.IsEmpty)
            {
                break;
            }

            var consumed = DecodeOne(content, out var rune);
            if (!rune.TryEncodeToUtf8(destination[written..], out var size))
            {
                return false;
            }

            written += size;
            content = content[consumed..];
        }

        return true;
    }

    /// <summary>Whether <paramref name="content"/> stands for <paramref name="text"/>.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> content, ReadOnlySpan<byte> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!content.IsEmpty)
        {
            var run = content.IndexOf((byte)'\\');
            run = run < 0 ? content.Length : run;
            if (!text.StartsWith(content[..run]))
            {
                return false;
            }

            text = text[run..];
            content = content[run..];
            if (content.IsEmpty)
            {
                break;
            }

            content = content[DecodeOne(content, out var rune)..];
            var size = rune.EncodeToUtf8(utf8);
            if (!text.StartsWith(utf8[..size]))
            {
                return false;
            }

            text = text[size..];
        }

        return text.IsEmpty;
    }

    // The escape at the start of the text; how many bytes it takes.
    private static int DecodeOne(ReadOnlySpan<byte> escape, out Rune rune)
    {
        if (escape[1] != 'u')
        {
            rune = escape[1] switch
            {
                (byte)'b' => new Rune('\b'),
                (byte)'f' => new Rune('\f'),
                (byte)'n' => new Rune('\n'),
                (byte)'r' => new Rune('\r'),
                (byte)'t' => new Rune('\t'),
                < 0x80 => new Rune((char)escape[1]),
                _ => Rune.ReplacementChar,
            };
            if (rune != Rune.ReplacementChar)
            {
                return 2;
            }

            // Lenient texts may have a backslash before any character, also one of several bytes.
            _ = Rune.DecodeFromUtf8(escape[1..], out rune, out var size);
            return 1 + size;
        }

        var first = Hex(escape[2..6]);
        if (Rune.TryCreate(first, out rune))
        {
            return 6;
        }

        if (char.IsHighSurrogate(first) && escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u'
            && Rune.TryCreate(first, Hex(escape[8..12]), out rune))
        {
            return 12;
        }

        rune = Rune.ReplacementChar;
        return 6;
    }

    private static char Hex(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
