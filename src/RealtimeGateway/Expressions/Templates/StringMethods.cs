using System.Globalization;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// The methods of <c>java.lang.String</c> that templates use.
/// Source: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/String.html
/// </summary>
internal static class StringMethods
{
    public static object? Call(Evaluation evaluation, string text, CallAccessor call, object?[] arguments)
    {
        // Most methods read the whole text once.
        evaluation.Work(text.Length / 256);
        switch (call.Name, arguments)
        {
            case ("length", []):
                return text.Length;
            case ("isEmpty", []):
                return Truth.Box(text.Length == 0);
            case ("isBlank", []):
                return Truth.Box(string.IsNullOrWhiteSpace(text));
            case ("charAt", [int index]):
                return index >= 0 && index < text.Length ? text[index].ToString() : OutOfRange(evaluation, text, index);
            case ("substring", [int from]):
                return Substring(evaluation, text, from, text.Length);
            case ("substring" or "subSequence", [int from, int to]):
                return Substring(evaluation, text, from, to);
            case ("hashCode", []):
                return HashCode(text);
            case ("compareTo", [string other]):
                return Compare(text, other);
            case ("compareToIgnoreCase", [string other]):
                return Compare(text.ToUpperInvariant(), other.ToUpperInvariant());
            case ("equalsIgnoreCase", [var other]):
                return Truth.Box(other is string same && text.Equals(same, StringComparison.OrdinalIgnoreCase));
            case ("split", [string pattern]):
                return Split(evaluation, text, call, pattern, 0);
            case ("split", [string pattern, int limit]):
                return Split(evaluation, text, call, pattern, limit);
            case ("matches", [string pattern]):
                return call.GetPattern(evaluation, pattern) is { } whole ? Truth.Box(whole.Matches(evaluation, text)) : null;
            default:
                return Search(text, call.Name, arguments) ?? Transform(evaluation, text, call, arguments);
        }
    }

    private static object? Search(string text, string name, object?[] arguments) => (name, arguments) switch
    {
        ("indexOf", [string part]) => text.IndexOf(part, StringComparison.Ordinal),
        ("indexOf", [string part, int from]) => IndexOf(text, part, from),
        ("lastIndexOf", [string part]) => part.Length == 0 ? text.Length : text.LastIndexOf(part, StringComparison.Ordinal),
        ("contains", [string part]) => Truth.Box(text.Contains(part, StringComparison.Ordinal)),
        ("startsWith", [string part]) => Truth.Box(text.StartsWith(part, StringComparison.Ordinal)),
        ("startsWith", [string part, int from]) => Truth.Box(
            from >= 0 && from <= text.Length && text.AsSpan(from).StartsWith(part, StringComparison.Ordinal)),
        ("endsWith", [string part]) => Truth.Box(text.EndsWith(part, StringComparison.Ordinal)),
        _ => null,
    };

    private static string? Transform(Evaluation evaluation, string text, CallAccessor call, object?[] arguments)
    {
        switch (call.Name, arguments)
        {
            case ("toLowerCase", []):
                return evaluation.ChargeText(text.Length) ? text.ToLowerInvariant() : null;
            case ("toUpperCase", []):
                return evaluation.ChargeText(text.Length) ? text.ToUpperInvariant() : null;
            case ("trim", []):
                return evaluation.ChargeText(text.Length) ? Trim(text) : null;
            case ("strip", []):
                return evaluation.ChargeText(text.Length) ? text.Trim() : null;
            case ("concat", [string other]):
                return evaluation.ChargeText((long)text.Length + other.Length) ? text + other : null;
            case ("repeat", [int count]) when count >= 0:
                return evaluation.ChargeText((long)text.Length * count) ? string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : count)) : null;
            case ("replace", [string part, string replacement]):
                return Replace(evaluation, text, part, replacement);
            case ("replaceAll", [string pattern, string replacement]):
                return call.GetPattern(evaluation, pattern)?.Replace(evaluation, text, replacement, all: true);
            case ("replaceFirst", [string pattern, string replacement]):
                return call.GetPattern(evaluation, pattern)?.Replace(evaluation, text, replacement, all: false);
            default:
                return null;
        }
    }

    private static string? Replace(Evaluation evaluation, string text, string part, string replacement)
    {
        var count = part.Length == 0 ? text.Length + 1 : text.AsSpan().Count(part);
        if (!evaluation.ChargeText(text.Length + ((long)count * (replacement.Length - part.Length))))
        {
            return null;
        }

        return part.Length > 0
            ? text.Replace(part, replacement, StringComparison.Ordinal)
            : replacement + string.Concat(text.Select(c => c.ToString(CultureInfo.InvariantCulture) + replacement));
    }

    private static JavaList? Split(Evaluation evaluation, string text, CallAccessor call, string pattern, int limit) =>
        call.GetPattern(evaluation, pattern)?.Split(evaluation, text, limit);

    private static object? Substring(Evaluation evaluation, string text, int from, int to)
    {
        if (from < 0 || to > text.Length || from > to)
        {
            return OutOfRange(evaluation, text, from < 0 || from > text.Length ? from : to);
        }

        return evaluation.ChargeText(to - from) ? text[from..to] : null;
    }

    private static int IndexOf(string text, string part, int from)
    {
        var start = Math.Clamp(from, 0, text.Length);
        return text.IndexOf(part, start, StringComparison.Ordinal);
    }

    /// <summary>Java's trim takes off everything up to a blank, control characters too, and no other white space.</summary>
    private static string Trim(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] <= ' ')
        {
            end--;
        }

        return text[start..end];
    }

    private static int HashCode(string text)
    {
        var hash = 0;
        foreach (var c in text)
        {
            hash = unchecked((hash * 31) + c);
        }

        return hash;
    }

    private static int Compare(string text, string other)
    {
        var common = text.AsSpan().CommonPrefixLength(other);
        return common < text.Length && common < other.Length ? text[common] - other[common] : text.Length - other.Length;
    }

    private static object? OutOfRange(Evaluation evaluation, string text, int index) =>
        evaluation.Fail(TemplateFailure.Evaluation, $"Index {index} is out of range for a text of length {text.Length}");
}
