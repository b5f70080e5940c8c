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
            left = scope.CountOperator(cursor.Absolute) && ParseAnd() is { } right ? new OrExpression(left, right) : null;
        }

        return left;
    }

    private Expression? ParseAnd()
    {
        var left = ParseComparison(EqualityOperators, () => ParseComparison(OrderOperators, ParseSum));
        while (left is not null && (TakeSymbol("&&") || TakeWord("and")))
        {
            left = scope.CountOperator(cursor.Absolute) && ParseComparison(EqualityOperators, () => ParseComparison(OrderOperators, ParseSum)) is { } right
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
            left = scope.CountOperator(cursor.Absolute) && parseOperand() is { } right ? new CompareExpression(comparison, left, right) : null;
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
            left = scope.CountOperator(cursor.Absolute) && parseOperand() is { } right
                ? new ArithmeticExpression(op, left, right, leftText, cursor.Text[rightStart..cursor.Position].TrimEnd())
                : null;
        }

        return left;
    }

    private Expression? ParseUnary()
    {
        cursor.SkipWhitespace();
        if ((cursor.Current == '!' && cursor.Peek(1) != '=' && Skip(1)) || TakeWord("not"))
        {
            return scope.CountOperator(cursor.Absolute) && ParseUnary() is { } inner ? new NotExpression(inner) : null;
        }

        // Velocity 1.7 has no sign but that of a literal; a template that it takes never comes here.
        if (cursor.Current == '-' && !char.IsAsciiDigit(cursor.Peek(1)) && cursor.Peek(1) != '.' && Skip(1))
        {
            return scope.CountOperator(cursor.Absolute) && ParseUnary() is { } inner
                ? new ArithmeticExpression('-', new LiteralExpression(0), inner, "", "")
                : null;
        }

        return ParsePrimary();
    }

    private Expression? ParsePrimary()
    {
        switch (cursor.Current)
        {
            case '$':
                return new ReferenceParser(cursor, scope).Parse()
                    ?? Fail<Expression>("A reference is malformed", "Write $name, ${name} or $name.method(...)");
            case '(':
                return ParseGroup();
            default:
                return new LiteralParser(cursor, scope, this).Parse();
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

    private bool TakeSymbol(string symbol)
    {
        cursor.SkipWhitespace();
        return cursor.TryTake(symbol);
    }

    public bool TakeWord(string word)
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
