using System.Globalization;
using System.Numerics;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>Reads expressions. Every method returns null when the text is wrong, and has then told the scope why.</summary>
internal sealed class ExpressionParser(Cursor cursor, ParseScope scope)
{
    private static readonly (string Token, Comparison Comparison)[] EqualityOperators =
    [
        ("==", Comparison.Equal), ("!=", Comparison.NotEqual), ("eq", Comparison.Equal), ("ne", Comparison.NotEqual),
    ];

    private static readonly (string Token, Comparison Comparison)[] OrderOperators =
    [
        ("<=", Comparison.LessOrEqual), (">=", Comparison.GreaterOrEqual), ("<", Comparison.Less), (">", Comparison.Greater),
        ("le", Comparison.LessOrEqual), ("ge", Comparison.GreaterOrEqual), ("lt", Comparison.Less), ("gt", Comparison.Greater),
    ];

    public Expression? Parse()
    {
        if (!scope.EnterExpression(cursor.Absolute))
        {
            return null;
        }

        var expression = ParseOr();
        scope.LeaveExpression();
        cursor.SkipWhitespace();
        return expression;
    }

    /// <summary>Expressions between separators, up to a closing character. Blanks separate as commas do, where the caller says so.</summary>
    public List<Expression>? ParseArguments(char close, bool commaOptional = false)
    {
        var items = new List<Expression>();
        cursor.SkipWhitespace();
        while (cursor.Current != close)
        {
            if (Parse() is not { } item)
            {
                return null;
            }

            items.Add(item);
            var comma = cursor.TryTake(",");
            cursor.SkipWhitespace();
            if ((comma && cursor.Current == close) || (!comma && !commaOptional && cursor.Current != close))
            {
                return Fail<List<Expression>>($"'{close}' or ',' is missing", "Separate values with commas and close the list");
            }
        }

        cursor.Position++;
        return items;
    }

    private Expression? ParseOr()
    {
        var left = ParseAnd();
        while (left is not null && (TakeSymbol("||") || TakeWord("or")))
        {
            left = ParseAnd() is { } right ? new OrExpression(left, right) : null;
        }

        return left;
    }

    private Expression? ParseAnd()
    {
        var left = ParseComparison(EqualityOperators, () => ParseComparison(OrderOperators, ParseSum));
        while (left is not null && (TakeSymbol("&&") || TakeWord("and")))
        {
            left = ParseComparison(EqualityOperators, () => ParseComparison(OrderOperators, ParseSum)) is { } right
                ? new AndExpression(left, right)
                : null;
        }

        return left;
    }

    private Expression? ParseComparison((string Token, Comparison Comparison)[] operators, Func<Expression?> parseOperand)
    {
        var left = parseOperand();
        while (left is not null && TakeOperator(operators) is { } comparison)
        {
            left = parseOperand() is { } right ? new CompareExpression(comparison, left, right) : null;
        }

        return left;
    }

    private Comparison? TakeOperator((string Token, Comparison Comparison)[] operators)
    {
        foreach (var (token, comparison) in operators)
        {
            if (char.IsAsciiLetter(token[0]) ? TakeWord(token) : TakeSymbol(token))
            {
                return comparison;
            }
        }

        return null;
    }

    private Expression? ParseSum() => ParseArithmetic("+-", () => ParseArithmetic("*/%", ParseUnary));

    private Expression? ParseArithmetic(string operators, Func<Expression?> parseOperand)
    {
        cursor.SkipWhitespace();
        var start = cursor.Position;
        var left = parseOperand();
        while (left is not null)
        {
            var leftText = cursor.Text[start..cursor.Position];
            cursor.SkipWhitespace();
            var op = cursor.Current;
            if (cursor.AtEnd || !operators.Contains(op, StringComparison.Ordinal))
            {
                break;
            }

            cursor.Position++;
            cursor.SkipWhitespace();
            var rightStart = cursor.Position;
            left = parseOperand() is { } right
                ? new ArithmeticExpression(op, left, right, leftText, cursor.Text[rightStart..cursor.Position].TrimEnd())
                : null;
        }

        return left;
    }

    private Expression? ParseUnary()
    {
        cursor.SkipWhitespace();
        if (!scope.EnterExpression(cursor.Absolute))
        {
            return null;
        }

        Expression? result;
        if ((cursor.Current == '!' && cursor.Peek(1) != '=' && Skip(1)) || TakeWord("not"))
        {
            result = ParseUnary() is { } inner ? new NotExpression(inner) : null;
        }
        else if (cursor.Current == '-' && !char.IsAsciiDigit(cursor.Peek(1)) && cursor.Peek(1) != '.' && Skip(1))
        {
            result = ParseUnary() is { } inner ? new ArithmeticExpression('-', new LiteralExpression(0), inner, "", "") : null;
        }
        else
        {
            result = ParsePrimary();
        }

        scope.LeaveExpression();
        return result;
    }

    private Expression? ParsePrimary()
    {
        switch (cursor.Current)
        {
            case '$':
                return new ReferenceParser(cursor, scope).Parse()
                    ?? Fail<Expression>("A reference is malformed", "Write $name, ${name} or $name.method(...)");
            case '"':
                return ParseInterpolated();
            case '\'':
                return ParseQuoted('\'') is { } text ? new LiteralExpression(text) : null;
            case '[':
                return ParseListOrRange();
            case '{':
                return ParseMap();
            case '(':
                return ParseGroup();
            default:
                return ParseWordOrNumber();
        }
    }

    private Expression? ParseGroup()
    {
        cursor.Position++;
        var inner = Parse();
        if (inner is not null && !cursor.TryTake(")"))
        {
            return Fail<Expression>("')' is missing", "Close the parenthesis");
        }

        return inner;
    }

    private Expression? ParseWordOrNumber()
    {
        if (char.IsAsciiDigit(cursor.Current) || cursor.Current is '-' or '.')
        {
            return ParseNumber();
        }

        if (TakeWord("true"))
        {
            return new LiteralExpression(Truth.Box(true));
        }

        return TakeWord("false")
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

        if (Parse() is not { } first)
        {
            return null;
        }

        if (cursor.TryTake(".."))
        {
            return Parse() is { } last
                ? cursor.TryTake("]") ? new RangeExpression(first, last) : Fail<Expression>("']' is missing", "Close the range")
                : null;
        }

        var comma = cursor.TryTake(",");
        if (!comma && cursor.Current != ']')
        {
            return Fail<Expression>("']' or ',' is missing", "Separate the elements with commas and close the list");
        }

        return ParseArguments(']') is { } rest ? new ListExpression([first, .. rest]) : null;
    }

    private MapExpression? ParseMap()
    {
        cursor.Position++;
        var entries = new List<(Expression, Expression)>();
        cursor.SkipWhitespace();
        while (cursor.Current != '}')
        {
            if (Parse() is not { } key)
            {
                return null;
            }

            if (!cursor.TryTake(":"))
            {
                return Fail<MapExpression>("':' is missing", "Write a map as {\"key\": value}");
            }

            if (Parse() is not { } value)
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

    private bool TakeSymbol(string symbol)
    {
        cursor.SkipWhitespace();
        return cursor.TryTake(symbol);
    }

    private bool TakeWord(string word)
    {
        cursor.SkipWhitespace();
        return cursor.StartsWith(word) && !Cursor.IsIdentifierPart(cursor.Peek(word.Length)) && Skip(word.Length);
    }

    private bool Skip(int count)
    {
        cursor.Position += count;
        return true;
    }

    private T? Fail<T>(string message, string mend)
        where T : class
    {
        scope.Fail(cursor.Absolute, message, mend);
        return null;
    }
}
