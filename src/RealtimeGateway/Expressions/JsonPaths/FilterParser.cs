using System.Globalization;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>Reads the condition between <c>[?</c> and <c>]</c>.</summary>
internal sealed class FilterParser(JsonPathParser text)
{
    private const int MaxDepth = 16;

    // Longer ones first, as one may begin another.
    private static readonly string[] Operators = ["===", "!==", "==", "!=", "<=", ">=", "<", ">", "=~", "in ", "nin ", "contains ", "size ", "empty "];

    private int _depth;

    public FilterCondition? Parse()
    {
        text.SkipBlanks();
        return text.TryTake("(") ? ParseGroup() : Missing("'(' after '?'");
    }

    private FilterCondition? ParseGroup()
    {
        if (++_depth > MaxDepth)
        {
            text.Fail("The filter is nested too deeply");
            return null;
        }

        var condition = ParseAny();
        _depth--;
        text.SkipBlanks();
        return condition is null || text.TryTake(")") ? condition : Missing("')'");
    }

    private FilterCondition? ParseAny()
    {
        var left = ParseAll();
        for (text.SkipBlanks(); left is not null && text.TryTake("||"); text.SkipBlanks())
        {
            left = ParseAll() is { } right ? new AnyCondition(left, right) : null;
        }

        return left;
    }

    private FilterCondition? ParseAll()
    {
        var left = ParseOne();
        for (text.SkipBlanks(); left is not null && text.TryTake("&&"); text.SkipBlanks())
        {
            left = ParseOne() is { } right ? new AllConditions(left, right) : null;
        }

        return left;
    }

    private FilterCondition? ParseOne()
    {
        text.SkipBlanks();
        if (text.TryTake("!"))
        {
            if (++_depth > MaxDepth)
            {
                text.Fail("The filter is nested too deeply");
                return null;
            }

            var inner = ParseOne();
            _depth--;
            return inner is null ? null : new NotCondition(inner);
        }

        if (text.TryTake("("))
        {
            return ParseGroup();
        }

        return ParseOperand() is { } left ? ParseComparison(left) : null;
    }

    private FilterCondition? ParseComparison(FilterOperand left)
    {
        text.SkipBlanks();
        foreach (var op in Operators)
        {
            if (!text.TryTake(op))
            {
                continue;
            }

            text.SkipBlanks();
            if (op == "=~")
            {
                return ParseExpression() is { } expression ? new MatchCondition(left, expression) : null;
            }

            return ParseOperand() is { } right ? new CompareCondition(left, op.TrimEnd(), right) : null;
        }

        return left.Path is null ? Missing("An operator") : new ExistsCondition(left);
    }

    private FilterOperand? ParseOperand()
    {
        switch (text.Current)
        {
            case '@' or '$':
                return text.ParsePath() is { } path ? new FilterOperand(null, path) : null;
            case '\'' or '"':
                return text.ParseQuoted() is { } quoted ? new FilterOperand(quoted, null) : null;
            case '[':
                return ParseList();
            default:
                return ParseWord();
        }
    }

    private FilterOperand? ParseList()
    {
        text.Position++;
        var list = new JavaList(isJson: true);
        text.SkipBlanks();
        while (!text.TryTake("]"))
        {
            if (text.Current is '[' or '@' or '$' || ParseOperand() is not { } item)
            {
                text.Fail("A list in a filter holds literals only");
                return null;
            }

            list.Add(item.Literal);
            text.SkipBlanks();
            if (text.TryTake(","))
            {
                text.SkipBlanks();
            }
            else if (text.Current != ']')
            {
                text.Fail("',' or ']' is missing");
                return null;
            }
        }

        return new FilterOperand(list, null);
    }

    private FilterOperand? ParseWord()
    {
        var start = text.Position;
        while (char.IsAsciiLetterOrDigit(text.Current) || text.Current is '-' or '+' or '.')
        {
            text.Position++;
        }

        var word = text.Text[start..text.Position];
        switch (word)
        {
            case "true":
                return new FilterOperand(true, null);
            case "false":
                return new FilterOperand(false, null);
            case "null":
                return new FilterOperand(null, null);
            default:
                break;
        }

        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return new FilterOperand(number, null);
        }

        text.Position = start;
        text.Fail("A path, a quoted text, a number, true, false or null is missing");
        return null;
    }

    private Regex? ParseExpression()
    {
        if (!text.TryTake("/"))
        {
            Missing("'/'");
            return null;
        }

        var start = text.Position;
        while (!text.AtEnd && text.Current != '/')
        {
            text.Position += text.Current == '\\' && text.Position + 1 < text.Text.Length ? 2 : 1;
        }

        var pattern = text.Text[start..Math.Min(text.Position, text.Text.Length)].Replace("\\/", "/", StringComparison.Ordinal);
        if (!text.TryTake("/"))
        {
            Missing("'/' at the end");
            return null;
        }

        var ignoreCase = text.TryTake("i");
        if (JavaPattern.TryCompile($"^(?:{pattern})$", ignoreCase, JavaPattern.DefaultMatchTime, out var expression, out var error))
        {
            return expression;
        }

        text.Fail(error);
        return null;
    }

    private FilterCondition? Missing(string what)
    {
        text.Fail(what + " is missing");
        return null;
    }
}
