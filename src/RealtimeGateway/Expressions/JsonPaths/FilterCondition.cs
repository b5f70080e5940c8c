using System.Text.RegularExpressions;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>The condition of a filter, such as <c>@.price &lt; 10 &amp;&amp; @.kind == 'book'</c>.</summary>
internal abstract class FilterCondition
{
    public abstract bool Holds(object? root, object? item, ref int budget);
}

internal sealed class AllConditions(FilterCondition left, FilterCondition right) : FilterCondition
{
    public override bool Holds(object? root, object? item, ref int budget) =>
        left.Holds(root, item, ref budget) && right.Holds(root, item, ref budget);
}

internal sealed class AnyCondition(FilterCondition left, FilterCondition right) : FilterCondition
{
    public override bool Holds(object? root, object? item, ref int budget) =>
        left.Holds(root, item, ref budget) || right.Holds(root, item, ref budget);
}

internal sealed class NotCondition(FilterCondition inner) : FilterCondition
{
    public override bool Holds(object? root, object? item, ref int budget) => !inner.Holds(root, item, ref budget);
}

/// <summary><c>@.name</c> alone: the value is there, even when it is null.</summary>
internal sealed class ExistsCondition(FilterOperand operand) : FilterCondition
{
    public override bool Holds(object? root, object? item, ref int budget)
    {
        operand.Read(root, item, ref budget, out var found);
        return found;
    }
}

/// <summary><c>left op right</c>. Whatever is missing compares only as unequal.</summary>
internal sealed class CompareCondition(FilterOperand left, string op, FilterOperand right) : FilterCondition
{
    public override bool Holds(object? root, object? item, ref int budget)
    {
        var first = left.Read(root, item, ref budget, out var hasFirst);
        var second = right.Read(root, item, ref budget, out var hasSecond);
        if (!hasFirst || !hasSecond)
        {
            return op is "!=" or "nin" && hasFirst != hasSecond;
        }

        return op switch
        {
            "==" or "===" => JsonComparison.AreEqual(first, second, ref budget),
            "!=" or "!==" => !JsonComparison.AreEqual(first, second, ref budget),
            "<" => JsonComparison.Compare(first, second) < 0,
            "<=" => JsonComparison.Compare(first, second) <= 0,
            ">" => JsonComparison.Compare(first, second) > 0,
            ">=" => JsonComparison.Compare(first, second) >= 0,
            "in" => Contains(second, first, ref budget),
            "nin" => !Contains(second, first, ref budget),
            "contains" => Contains(first, second, ref budget),
            "size" => SizeOf(first) is { } size && JsonComparison.Compare(size, second) == 0,
            "empty" => SizeOf(first) is { } size && second is bool wanted && (size == 0) == wanted,
            _ => false,
        };
    }

    private static bool Contains(object? container, object? value, ref int budget)
    {
        if (container is JavaList list)
        {
            foreach (var item in list)
            {
                if (JsonComparison.AreEqual(item, value, ref budget))
                {
                    return true;
                }
            }

            return false;
        }

        return container is string text && value is string part && text.Contains(part, StringComparison.Ordinal);
    }

    private static int? SizeOf(object? value) => value switch
    {
        JavaList list => list.Count,
        string text => text.Length,
        _ => null,
    };
}

/// <summary><c>@.name =~ /expression/i</c>: the whole text matches.</summary>
internal sealed class MatchCondition(FilterOperand operand, Regex expression) : FilterCondition
{
    public override bool Holds(object? root, object? item, ref int budget)
    {
        if (operand.Read(root, item, ref budget, out _) is not string text)
        {
            return false;
        }

        try
        {
            return expression.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // The expression came with the API, the text with a message: giving up is an outcome, and the caller sees it by the budget.
            budget = -1;
            return false;
        }
    }
}

/// <summary>One side of a comparison: a literal, or a path from the element (<c>@</c>) or the root (<c>$</c>).</summary>
internal readonly record struct FilterOperand(object? Literal, JsonPath? Path)
{
    public object? Read(object? root, object? item, ref int budget, out bool found)
    {
        if (Path is null)
        {
            found = true;
            return Literal;
        }

        var value = Path.Read(root, Path.FromCurrent ? item : root, ref budget, out found);
        if (!Path.IsDefinite)
        {
            found = value is JavaList { Count: > 0 };
        }

        return value;
    }
}
