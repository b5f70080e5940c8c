using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>
/// Turns a pattern of <c>java.util.regex.Pattern</c> into a .NET one that cannot run away: without backtracking where the pattern
/// allows it, and with a time limit always.
/// <para>Source: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html</para>
/// </summary>
internal static class JavaPattern
{
    private const int MaxLength = 1000;

    // The automaton of nested counted repetitions grows with the product of their counts.
    private const long MaxRepetition = 10_000;

    public static TimeSpan DefaultMatchTime { get; } = TimeSpan.FromMilliseconds(50);

    public static bool TryCompile(
        string pattern, bool ignoreCase, TimeSpan matchTime, [NotNullWhen(true)] out Regex? expression, [NotNullWhen(false)] out string? error)
    {
        expression = null;
        if (pattern.Length > MaxLength)
        {
            error = $"A regular expression is longer than {MaxLength} characters";
            return false;
        }

        if (CountRepetition(pattern) > MaxRepetition)
        {
            error = "A regular expression repeats too often";
            return false;
        }

        error = null;
        var translated = Translate(pattern);
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            expression = new Regex(translated, options | RegexOptions.NonBacktracking, matchTime);
        }
        catch (NotSupportedException)
        {
            // Look-around, back references and atomic groups need backtracking; the time limit bounds them.
            expression = new Regex(translated, options, matchTime);
        }
        catch (ArgumentException e)
        {
            error = "A regular expression is malformed: " + e.Message;
        }

        return error is null;
    }

    private static string Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        var inClass = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i += TranslateEscape(pattern, i, inClass > 0, result);
                continue;
            }

            if (c == '[')
            {
                inClass++;
            }
            else if (c == ']' && inClass > 0)
            {
                inClass--;
            }

            // Java reads a possessive quantifier where .NET sees two.
            if (c == '+' && inClass == 0 && i > 0 && pattern[i - 1] is '+' or '*' or '?' or '}' && !IsEscaped(pattern, i - 1))
            {
                continue;
            }

            result.Append(c);
        }

        return result.ToString();
    }

    /// <summary>Appends one escape and says how many characters after the backslash it took.</summary>
    private static int TranslateEscape(string pattern, int at, bool inClass, StringBuilder result)
    {
        var c = pattern[at + 1];
        switch (c)
        {
            case 'd':
                result.Append(inClass ? "0-9" : "[0-9]");
                return 1;
            case 'w':
                result.Append(inClass ? "a-zA-Z_0-9" : "[a-zA-Z_0-9]");
                return 1;
            case 's':
                result.Append(inClass ? " \\t\\n\\x0B\\f\\r" : "[ \\t\\n\\x0B\\f\\r]");
                return 1;
            case 'D' when !inClass:
                result.Append("[^0-9]");
                return 1;
            case 'W' when !inClass:
                result.Append("[^a-zA-Z_0-9]");
                return 1;
            case 'S' when !inClass:
                result.Append("[^ \\t\\n\\x0B\\f\\r]");
                return 1;
            case 'Q':
                var end = pattern.IndexOf("\\E", at + 2, StringComparison.Ordinal);
                var literal = end < 0 ? pattern[(at + 2)..] : pattern[(at + 2)..end];
                result.Append(Regex.Escape(literal).Replace("]", "\\]", StringComparison.Ordinal));
                return end < 0 ? pattern.Length - at - 1 : end + 1 - at;
            case 'p' when PosixClass(pattern, at) is { } posix:
                result.Append(inClass ? posix.Ranges : $"[{posix.Ranges}]");
                return posix.Length;
            case '/' or '\'' or '"' or '-' or ':' or ',' or '@' or '=' or '!' or '<' or '>' or ';' or '%' or '&' or '~' or '`' or '_':
                // Java lets any character that is no letter be escaped; so does .NET except for a few it reads as names.
                result.Append(c is '-' or '&' ? "\\" + c : c.ToString());
                return 1;
            default:
                result.Append('\\').Append(c);
                return 1;
        }
    }

    private static (string Ranges, int Length)? PosixClass(string pattern, int at)
    {
        var end = pattern.IndexOf('}', at);
        if (end < 0 || at + 2 >= pattern.Length || pattern[at + 2] != '{')
        {
            return null;
        }

        var ranges = pattern[(at + 3)..end] switch
        {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "ASCII" => "\\x00-\\x7F",
            "Alpha" => "a-zA-Z",
            "Digit" => "0-9",
            "Alnum" => "a-zA-Z0-9",
            "Punct" => "!-/:-@\\[-`{-~",
            "Blank" => " \\t",
            "Cntrl" => "\\x00-\\x1F\\x7F",
            "XDigit" => "0-9a-fA-F",
            "Space" => " \\t\\n\\x0B\\f\\r",
            "IsAlphabetic" => "\\p{L}",
            "IsDigit" => "\\p{Nd}",
            _ => null,
        };
        return ranges is null ? null : (ranges, end - at);
    }

    private static bool IsEscaped(string pattern, int at)
    {
        var backslashes = 0;
        while (at - 1 - backslashes >= 0 && pattern[at - 1 - backslashes] == '\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }

    private static long CountRepetition(string pattern)
    {
        long product = 1;
        for (var open = pattern.IndexOf('{', StringComparison.Ordinal); open >= 0; open = pattern.IndexOf('{', open + 1))
        {
            long largest = 0;
            for (var i = open + 1; i < pattern.Length && (char.IsAsciiDigit(pattern[i]) || pattern[i] == ','); i++)
            {
                var digits = 0;
                while (i + digits < pattern.Length && char.IsAsciiDigit(pattern[i + digits]))
                {
                    digits++;
                }

                if (digits > 0)
                {
                    largest = digits > 6 ? long.MaxValue / 2 : Math.Max(largest, long.Parse(pattern.AsSpan(i, digits), CultureInfo.InvariantCulture));
                    i += digits - 1;
                }
            }

            if (largest > MaxRepetition)
            {
                return largest;
            }

            product *= Math.Max(1, largest);
            if (product > MaxRepetition)
            {
                return product;
            }
        }

        return product;
    }
}
