using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// What counts as true. As in Velocity 1.7 only null and false are not: an empty text, an empty list and zero are true. The
/// published templates for API Gateway test for emptiness beside existence (<c>$x &amp;&amp; $x != ""</c>), which Velocity 2 would make needless.
/// </summary>
internal static class Truth
{
    private static readonly object True = true;
    private static readonly object False = false;

    public static bool Of(object? value) => value is not (null or false or Missing);

    public static bool HasValue(object? value) => value is not (null or Missing);

    public static object Box(bool value) => value ? True : False;
}

/// <summary>
/// The result of <c>$input.path</c> where nothing is, or a JSON null. It prints nothing, equals both an unset reference and <c>""</c>,
/// and anything asked of it is missing too.
/// </summary>
internal sealed class Missing
{
    private Missing()
    {
    }

    public static Missing Value { get; } = new();
}

/// <summary>Equality as <c>==</c> and as <c>equals</c> have it.</summary>
internal static class Equality
{
    /// <summary><c>==</c>: numbers by value, equal kinds by content, different kinds by their text (Velocity 1.7).</summary>
    public static bool VelocityEquals(Evaluation evaluation, object? left, object? right)
    {
        if (left is Missing || right is Missing)
        {
            return IsBlank(left) && IsBlank(right);
        }

        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        if (Arithmetic.IsNumber(left) && Arithmetic.IsNumber(right))
        {
            return Arithmetic.Compare(left, right) == 0;
        }

        if (left is string text && right is string other)
        {
            return text == other;
        }

        if (left.GetType() == right.GetType())
        {
            return JavaEquals(evaluation, left, right);
        }

        return evaluation.ToText(left) == evaluation.ToText(right);
    }

    /// <summary><c>Object.equals</c>.</summary>
    public static bool JavaEquals(Evaluation evaluation, object? left, object? right)
    {
        if (left is not (JavaList or JavaMap))
        {
            return Equals(left, right);
        }

        var budget = evaluation.Limits.MaxSteps;
        var before = budget;
        var equal = JsonComparison.AreEqual(left, right, ref budget);
        if (budget < 0)
        {
            evaluation.Fail(TemplateFailure.Steps, "Two values are too large or too deep to compare");
        }

        evaluation.Work(before - budget);
        return equal;
    }

    private static bool IsBlank(object? value) => value is null or Missing or "";
}
