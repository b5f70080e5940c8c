using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>
/// A string of a policy with <c>*</c> (any run of characters), <c>?</c> (any one) and variables: <c>${key}</c>, <c>${key, 'default'}</c>,
/// and <c>${*}</c>, <c>${?}</c>, <c>${$}</c> for those characters themselves
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html). Immutable.
/// </summary>
/// <remarks>Time is bounded by the product of both lengths; there is no recursion. What a variable brings in is never a wildcard.</remarks>
internal sealed class PolicyPattern
{
    // Noncharacters of Unicode, which no resource has; a pattern that holds one is refused.
    private const char AnyRun = '\uFFFE';
    private const char AnyOne = '\uFFFF';

    private readonly string _text;
    private readonly Variable[] _variables;
    private readonly bool _ignoreCase;

    private PolicyPattern(string text, Variable[] variables, bool ignoreCase)
    {
        _text = text;
        _variables = variables;
        _ignoreCase = ignoreCase;
    }

    /// <summary>Parses a pattern.</summary>
    /// <param name="text">The text in the policy.</param>
    /// <param name="wildcards">Whether <c>*</c> and <c>?</c> are wildcards.</param>
    /// <param name="variables">Whether <c>${…}</c> is a variable: since version 2012-10-17 of the language.</param>
    /// <param name="ignoreCase">Whether case is ignored, as in actions.</param>
    /// <param name="pattern">The pattern.</param>
    /// <returns><see langword="false"/> for an unclosed or empty variable.</returns>
    public static bool TryParse(
        string text, bool wildcards, bool variables, bool ignoreCase, [NotNullWhen(true)] out PolicyPattern? pattern)
    {
        pattern = null;
        var flat = new StringBuilder(text.Length);
        var found = new List<Variable>();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is AnyRun or AnyOne)
            {
                return false;
            }

            if (variables && c == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0 || !TryReadVariable(text[(i + 2)..end], flat, found))
                {
                    return false;
                }

                i = end;
                continue;
            }

            flat.Append(wildcards && c == '*' ? AnyRun : wildcards && c == '?' ? AnyOne : c);
        }

        pattern = new PolicyPattern(flat.ToString(), [.. found], ignoreCase);
        return true;
    }

    /// <summary>Whether all of <paramref name="value"/> fits. A variable without value and without default fits nothing.</summary>
    public bool Matches(ReadOnlySpan<char> value, PolicyContext context) =>
        TryResolve(context, out var pattern) && Matches(pattern, value, _ignoreCase);

    /// <summary>Whether every variable has a value or a default.</summary>
    public bool IsComplete(PolicyContext context) => TryResolve(context, out _);

    private static bool TryReadVariable(string inner, StringBuilder flat, List<Variable> found)
    {
        if (inner is "*" or "?" or "$")
        {
            flat.Append(inner);
            return true;
        }

        var comma = inner.IndexOf(',', StringComparison.Ordinal);
        var name = (comma < 0 ? inner : inner[..comma]).Trim();
        string? fallback = null;
        if (comma >= 0)
        {
            fallback = inner[(comma + 1)..].Trim();
            if (fallback.Length < 2 || fallback[0] != '\'' || fallback[^1] != '\'')
            {
                return false;
            }

            fallback = fallback[1..^1];
        }

        if (name.Length == 0)
        {
            return false;
        }

        found.Add(new Variable(flat.Length, name, fallback));
        return true;
    }

    private bool TryResolve(PolicyContext context, out string pattern)
    {
        pattern = _text;
        if (_variables.Length == 0)
        {
            return true;
        }

        var resolved = new StringBuilder(_text.Length + 32);
        var copied = 0;
        foreach (var variable in _variables)
        {
            resolved.Append(_text, copied, variable.Position - copied);
            copied = variable.Position;
            var values = context.ValuesOf(variable.Key);
            // A key with several values has no single text to put in.
            var value = values.Count == 1 ? values[0] : variable.Default;
            if (value is null || value.AsSpan().ContainsAny(AnyRun, AnyOne))
            {
                return false;
            }

            resolved.Append(value);
        }

        pattern = resolved.Append(_text, copied, _text.Length - copied).ToString();
        return true;
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value, bool ignoreCase)
    {
        var (p, v, runAt, runFrom) = (0, 0, -1, 0);
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == AnyRun)
            {
                runAt = p++;
                runFrom = v;
            }
            else if (p < pattern.Length && (pattern[p] == AnyOne || AreEqual(pattern[p], value[v], ignoreCase)))
            {
                p++;
                v++;
            }
            else if (runAt >= 0)
            {
                // Only the last run can need more: what lies before it has its leftmost fit.
                p = runAt + 1;
                v = ++runFrom;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept(AnyRun) < 0;
    }

    private static bool AreEqual(char left, char right, bool ignoreCase) =>
        left == right || (ignoreCase && char.ToUpperInvariant(left) == char.ToUpperInvariant(right));

    private readonly record struct Variable(int Position, string Key, string? Default);
}
