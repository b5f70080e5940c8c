using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Expressions;

/// <summary>A regular expression of an operator's that is run on a client's text, and so must not be able to burn CPU.</summary>
/// <remarks>
/// Nearly all expressions run on the non-backtracking engine, in time linear in the text. Those it cannot run (look-around, back-references,
/// atomic groups) run on the backtracking engine for at most <see cref="MaxDuration"/>.
/// </remarks>
internal sealed class BoundedRegex
{
    /// <summary>How long one match may take on the backtracking engine.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMilliseconds(50);

    // The linear engine needs a few milliseconds for the longest message; this only stops an expression with thousands of states.
    private static readonly TimeSpan MaxLinearDuration = TimeSpan.FromMilliseconds(500);

    /// <summary>Bounds the cost of compiling; the engine's automaton grows with the expression.</summary>
    private const int MaxLength = 1024;

    private readonly Regex _regex;

    private BoundedRegex(Regex regex) => _regex = regex;

    /// <summary>The expression as written.</summary>
    public string Pattern => _regex.ToString();

    /// <summary>Whether time is linear in the text.</summary>
    public bool IsLinear => (_regex.Options & RegexOptions.NonBacktracking) != 0;

    /// <summary>Compiles an expression of at most 1,024 characters.</summary>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out BoundedRegex? regex, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        regex = null;
        error = null;
        if (pattern.Length > MaxLength)
        {
            error = $"the regular expression has {pattern.Length} characters; at most {MaxLength} are allowed";
            return false;
        }

        try
        {
            regex = new BoundedRegex(Compile(pattern));
            return true;
        }
        catch (ArgumentException exception)
        {
            // The only way in which the engine tells about a malformed expression.
            error = $"'{pattern}' is not a regular expression: {exception.Message}";
            return false;
        }
    }

    /// <summary>Whether the expression is found in the text; null when that took too long.</summary>
    public bool? IsMatch(ReadOnlySpan<char> text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MaxLinearDuration);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MaxDuration);
        }
    }
}
