using System.Globalization;
using System.Numerics;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>Reads texts, numbers, lists, ranges, maps, true and false.</summary>
internal sealed class LiteralParser(Cursor cursor, ParseScope scope, ExpressionParser expressions)
{
    public Expression? Parse() => cursor.Current switch
    {
        '"' => ParseInterpolated(),
        '\'' => ParseQuoted('\'') is { } text ? new LiteralExpression(text) : null,
        '[' => ParseListOrRange(),
        '{' => ParseMap(),
        _ => ParseWordOrNumber(),
    };

    private Expression? ParseWordOrNumber()
    {
        if (char.IsAsciiDigit(cursor.Current) || cursor.Current is '-' or '.')
        {
            return ParseNumber();
        }

        if (expressions.TakeWord("true"))
        {
            return new LiteralExpression(Truth.Box(true));
        }

        return expressions.TakeWord("false")
            ? new LiteralExpression(Truth.Box(false))
            : Fail<Expression>("A value is missing", "Write a reference ($x), a quoted text, a number, true, false, a list or a map");
    }

    private LiteralExpression? ParseNumber()
    {
        var start = cursor.Position;
        cursor.Position += cursor.Current == '-' ? 1 : 0;
        SkipDigits();

        // "[1..3]" has a range, not a fraction.
        var isWhole = !(cursor.Current == '.' && cursor.Peek(1) != '.');
        if (!isWhole)
        {
            cursor.Position++;
            SkipDigits();
        }

        if (cursor.Current is 'e' or 'E' && (char.IsAsciiDigit(cursor.Peek(1)) || (cursor.Peek(1) is '-' or '+' && char.IsAsciiDigit(cursor.Peek(2)))))
        {
            isWhole = false;
            cursor.Position += 2;
            SkipDigits();
        }

        var digits = cursor.Text[start..cursor.Position];
        if (isWhole && digits.Length <= 1000 && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return new LiteralExpression(number >= long.MinValue && number <= long.MaxValue ? JsonValueReader.Shrink((long)number) : number);
        }

        return !isWhole && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction)
            ? new LiteralExpression(fraction)
            : Fail<LiteralExpression>("A number is malformed", "Write digits, with a point for a fraction");
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(cursor.Current))
        {
            cursor.Position++;
        }
    }

    private Expression? ParseListOrRange()
    {
        cursor.Position++;
        cursor.SkipWhitespace();
        if (cursor.TryTake("]"))
        {
            return new ListExpression([]);
        }

        if (expressions.Parse() is not { } first)
        {
            return null;
        }

        if (cursor.TryTake(".."))
        {
            return expressions.Parse() is { } last
                ? cursor.TryTake("]") ? new RangeExpression(first, last) : Fail<Expression>("']' is missing", "Close the range")
                : null;
        }

        var comma = cursor.TryTake(",");
        if (!comma && cursor.Current != ']')
        {
            return Fail<Expression>("']' or ',' is missing", "Separate the elements with commas and close the list");
        }

        return expressions.ParseArguments(']') is { } rest ? new ListExpression([first, .. rest]) : null;
    }

    private MapExpression? ParseMap()
    {
        cursor.Position++;
        var entries = new List<(Expression, Expression)>();
        cursor.SkipWhitespace();
        while (cursor.Current != '}')
        {
            if (expressions.Parse() is not { } key)
            {
                return null;
            }

            if (!cursor.TryTake(":"))
            {
                return Fail<MapExpression>("':' is missing", "Write a map as {\"key\": value}");
            }

            if (expressions.Parse() is not { } value)
            {
                return null;
            }

            entries.Add((key, value));
            if (!cursor.TryTake(",") && cursor.Current != '}')
            {
                return Fail<MapExpression>("'}' or ',' is missing", "Separate the entries with commas and close the map");
            }

            cursor.SkipWhitespace();
        }

        cursor.Position++;
        return new MapExpression([.. entries]);
    }

    private Expression? ParseInterpolated()
    {
        var start = cursor.Absolute + 1;
        if (ParseQuoted('"') is not { } text)
        {
            return null;
        }

        if (text.AsSpan().IndexOfAny('$', '#') < 0)
        {
            return new LiteralExpression(text);
        }

        var content = new TemplateParser(new Cursor(text, start), scope).ParseAll();
        return content is null ? null : new InterpolatedExpression(content);
    }

    /// <summary>A backslash means itself; a quote within is written twice.</summary>
    private string? ParseQuoted(char quote)
    {
        var start = cursor.Position + 1;
        var at = start;
        while (at < cursor.Text.Length && (cursor.Text[at] != quote || (at + 1 < cursor.Text.Length && cursor.Text[at + 1] == quote)))
        {
            at += cursor.Text[at] == quote ? 2 : 1;
        }

        if (at >= cursor.Text.Length)
        {
            return Fail<string>("A text is not closed", $"Close it with {quote}");
        }

        cursor.Position = at + 1;
        return cursor.Text[start..at].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
    }

    private T? Fail<T>(string message, string mend)
        where T : class
    {
        scope.Fail(cursor.Absolute, message, mend);
        return null;
    }
}
