using System.Buffers;
using System.Globalization;
using System.Text;

namespace RealtimeGateway.Expressions;

/// <summary>Makes text from outside harmless in a log.</summary>
internal static class LogEscapes
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(static value => (byte)value).Except("\"\\"u8.ToArray())]);

    /// <summary>
    /// Appends UTF-8 text as the inside of a JSON string. Beyond what RFC 8259 §7 asks for, DEL, the C1 controls and the Unicode line separators
    /// are escaped, as terminals and viewers act on them; bytes that are not UTF-8 become U+FFFD.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isJsonAlready">Whether quotes and backslashes are meant as they stand.</param>
    /// <param name="destination">Where it goes.</param>
    public static void Write(ReadOnlySpan<byte> text, bool isJsonAlready, IBufferWriter<byte> destination)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            plain = plain < 0 ? text.Length : plain;
            destination.Write(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty)
            {
                break;
            }

            _ = Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            WriteOne(rune, isJsonAlready, destination);
            text = text[consumed..];
        }
    }

    private static void WriteOne(Rune rune, bool isJsonAlready, IBufferWriter<byte> destination)
    {
        var span = destination.GetSpan(6);
        var size = 2;
        switch (rune.Value)
        {
            case '"' or '\\' when !isJsonAlready:
                span[1] = (byte)rune.Value;
                break;
            case '\n':
                span[1] = (byte)'n';
                break;
            case '\r':
                span[1] = (byte)'r';
                break;
            case '\t':
                span[1] = (byte)'t';
                break;
            case < 0x20 or (>= 0x7F and < 0xA0) or 0x2028 or 0x2029:
                span[1] = (byte)'u';
                _ = rune.Value.TryFormat(span[2..], out _, "x4", CultureInfo.InvariantCulture);
                size = 6;
                break;
            default:
                destination.Advance(rune.EncodeToUtf8(span));
                return;
        }

        span[0] = (byte)'\\';
        destination.Advance(size);
    }
}
