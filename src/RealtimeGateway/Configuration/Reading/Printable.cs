using System.Globalization;
using System.Text;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>Makes foreign text fit for one line of a message.</summary>
internal static class Printable
{
    private const int MaxLength = 60;

    /// <summary>The text with control characters escaped, shortened to 60 characters.</summary>
    public static string Of(string text) => Escape(text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength - 1), "…"));

    /// <summary>The text with control characters escaped, at its full length.</summary>
    public static string Escape(string text)
    {
        if (!text.Any(NeedsEscape))
        {
            return text;
        }

        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            _ = NeedsEscape(c)
                ? escaped.Append(c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => $"\\u{(int)c:x4}" })
                : escaped.Append(c);
        }

        return escaped.ToString();
    }

    // Line separators and direction overrides could fake a line of a log; a lone surrogate could not be encoded.
    private static bool NeedsEscape(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
