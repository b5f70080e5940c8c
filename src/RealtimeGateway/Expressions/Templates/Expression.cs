using System.Numerics;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// A part of a template that has a value: null, string, bool, int, long, <see cref="BigInteger"/>, double, <see cref="BigNumber"/>,
/// <see cref="JavaList"/>, <see cref="JavaMap"/>, or one of the engine's own kinds. No other type is reachable from a template.
/// </summary>
internal abstract class Expression
{
    public abstract object? Evaluate(Evaluation evaluation);

    /// <summary>
    /// Whether the expression holds as a condition. In Velocity 1.7 only references, comparisons, logic and the two literals can; a
    /// text, a number, a list or a calculation written into a condition never holds.
    /// </summary>
    public virtual bool Holds(Evaluation evaluation) => false;

    /// <summary>Prints the value. Overridden where that needs no object.</summary>
    public virtual void WriteTo(Evaluation evaluation) => JavaText.Write(evaluation, Evaluate(evaluation), evaluation.Output);
}

internal sealed class LiteralExpression(object? value) : Expression
{
    public object? Value => value;

    public override bool Holds(Evaluation evaluation) => value is true;

    public override object? Evaluate(Evaluation evaluation) => value;
}

/// <summary>A text in double quotes that holds references or directives.</summary>
internal sealed class InterpolatedExpression(Node content) : Expression
{
    public override object? Evaluate(Evaluation evaluation) => evaluation.Step() ? evaluation.Capture(content) : "";
}

internal sealed class ListExpression(Expression[] items) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var list = new JavaList();
        if (evaluation.Step() && evaluation.ChargeEntries(items.Length + 1))
        {
            foreach (var item in items)
            {
                list.Add(item.Evaluate(evaluation));
            }
        }

        return list;
    }
}

internal sealed class MapExpression((Expression Key, Expression Value)[] entries) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var map = new JavaMap();
        if (evaluation.Step() && evaluation.ChargeEntries(entries.Length + 1))
        {
            foreach (var (key, value) in entries)
            {
                if (key.Evaluate(evaluation) is { } name)
                {
                    map[MapMethods.ToKey(evaluation, name)] = value.Evaluate(evaluation);
                }
            }
        }

        return map;
    }
}

/// <summary><c>[1..5]</c>, also descending. Without two whole numbers there is no list.</summary>
internal sealed class RangeExpression(Expression from, Expression to) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        if (from.Evaluate(evaluation) is not int start || to.Evaluate(evaluation) is not int end)
        {
            return null;
        }

        var count = Math.Abs((long)end - start) + 1;
        var list = new JavaList();
        if (evaluation.Step() && evaluation.ChargeEntries(count))
        {
            var direction = end >= start ? 1 : -1;
            for (long i = 0; i < count; i++)
            {
                list.Add((int)(start + (i * direction)));
            }
        }

        return list;
    }
}

/// <summary>An expression that is true or false.</summary>
internal abstract class BooleanExpression : Expression
{
    public sealed override object? Evaluate(Evaluation evaluation) => Truth.Box(Holds(evaluation));

    public abstract override bool Holds(Evaluation evaluation);
}

internal sealed class NotExpression(Expression inner) : BooleanExpression
{
    public override bool Holds(Evaluation evaluation) => !inner.Holds(evaluation);
}

internal sealed class AndExpression(Expression left, Expression right) : BooleanExpression
{
    public override bool Holds(Evaluation evaluation) => left.Holds(evaluation) && right.Holds(evaluation);
}

internal sealed class OrExpression(Expression left, Expression right) : BooleanExpression
{
    public override bool Holds(Evaluation evaluation) => left.Holds(evaluation) || right.Holds(evaluation);
}

internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal sealed class CompareExpression(Comparison comparison, Expression left, Expression right) : BooleanExpression
{
    public override bool Holds(Evaluation evaluation)
    {
        var first = left.Evaluate(evaluation);
        var second = right.Evaluate(evaluation);
        if (!evaluation.Step())
        {
            return false;
        }

        return comparison switch
        {
            Comparison.Equal => Equality.VelocityEquals(evaluation, first, second),
            Comparison.NotEqual => !Equality.VelocityEquals(evaluation, first, second),
            Comparison.Less => Arithmetic.Compare(first, second) < 0,
            Comparison.LessOrEqual => Arithmetic.Compare(first, second) <= 0,
            Comparison.Greater => Arithmetic.Compare(first, second) > 0,
            _ => Arithmetic.Compare(first, second) >= 0,
        };
    }
}

internal sealed class ArithmeticExpression(char op, Expression left, Expression right, string leftText, string rightText) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var first = left.Evaluate(evaluation);
        var second = right.Evaluate(evaluation);
        if (!evaluation.Step())
        {
            return null;
        }

        if (op == '+' && (first is string || second is string))
        {
            return Concatenate(evaluation, first, second);
        }

        return Arithmetic.Calculate(evaluation, op, first, second);
    }

    /// <summary>In a concatenation Velocity puts the source text of an operand that has no value.</summary>
    private string Concatenate(Evaluation evaluation, object? first, object? second)
    {
        var head = first is null ? leftText : evaluation.ToText(first);
        var tail = second is null ? rightText : evaluation.ToText(second);
        return evaluation.ChargeText((long)head.Length + tail.Length) ? head + tail : "";
    }
}
