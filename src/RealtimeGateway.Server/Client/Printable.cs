using System.Globalization;
using System.Text;

namespace RealtimeGateway.Server.Client;

/// <summary>Text of others on a terminal: what could steer the terminal is shown, not obeyed.</summary>
internal static class Printable
{
    /// <summary>The text with line breaks and tabs left as they are.</summary>
    public static string Lines(string text) => Escape(text, keep: "\n\t");

    /// <summary>The text on one line.</summary>
    public static string OneLine(string text) => Escape(text, keep: "");

    private static string Escape(string text, string keep)
    {
        if (!text.Any(c => IsUnsafe(c) && !keep.Contains(c)))
        {
            return text;
        }

        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            _ = IsUnsafe(c) && !keep.Contains(c)
                ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : escaped.Append(c);
        }

        return escaped.ToString();
    }

    // Control characters, and those that turn the direction of text round.
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u2028' or '\u2029';
}
