using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>A regular expression as a Java method takes it, with the four things Java's String does with one.</summary>
internal sealed class CompiledPattern
{
    private readonly Regex? _expression;
    private Regex? _whole;

    private CompiledPattern(string source, Regex? expression)
    {
        Source = source;
        _expression = expression;
    }

    public string Source { get; }

    public static CompiledPattern? Compile(Evaluation evaluation, string source)
    {
        evaluation.Work(64);
        if (JavaPattern.TryCompile(source, ignoreCase: false, evaluation.Limits.MaxMatchTime, out var expression, out var error))
        {
            return new CompiledPattern(source, expression);
        }

        evaluation.Fail(TemplateFailure.Evaluation, error);
        return null;
    }

    public bool Matches(Evaluation evaluation, string text)
    {
        if (_whole is null && JavaPattern.TryCompile($"^(?:{Source})\\z", false, evaluation.Limits.MaxMatchTime, out var whole, out _))
        {
            _whole = whole;
        }

        try
        {
            return _whole?.IsMatch(text) == true;
        }
        catch (RegexMatchTimeoutException)
        {
            evaluation.Fail(TemplateFailure.Time, "A regular expression took too long");
            return false;
        }
    }

    /// <summary><c>replaceAll</c> and <c>replaceFirst</c>.</summary>
    public string? Replace(Evaluation evaluation, string text, string replacement, bool all)
    {
        var result = new StringBuilder();
        var done = 0;
        try
        {
            for (var match = _expression!.Match(text); match.Success && evaluation.Work(1); match = match.NextMatch())
            {
                result.Append(text, done, match.Index - done);
                done = match.Index + match.Length;
                if (!TryAppend(evaluation, result, replacement, match))
                {
                    return null;
                }

                if (!all)
                {
                    break;
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            evaluation.Fail(TemplateFailure.Time, "A regular expression took too long");
            return null;
        }

        result.Append(text, done, text.Length - done);
        return evaluation.ChargeText(result.Length) ? result.ToString() : null;
    }

    /// <summary><c>split</c>: without a limit trailing empty parts are dropped, with a negative one kept.</summary>
    public JavaList? Split(Evaluation evaluation, string text, int limit)
    {
        var parts = new JavaList();
        var done = 0;
        try
        {
            for (var match = _expression!.Match(text); match.Success && evaluation.Work(1); match = match.NextMatch())
            {
                if (limit > 0 && parts.Count == limit - 1)
                {
                    break;
                }

                // A match of nothing at the start makes no part; one at the end is no separator.
                if (match.Index + match.Length == 0 || (match.Length == 0 && match.Index == text.Length))
                {
                    continue;
                }

                parts.Add(text[done..match.Index]);
                done = match.Index + match.Length;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            evaluation.Fail(TemplateFailure.Time, "A regular expression took too long");
            return null;
        }

        if (parts.Count == 0)
        {
            return [text];
        }

        parts.Add(text[done..]);
        while (limit == 0 && parts.Count > 0 && parts[^1] is "")
        {
            parts.RemoveAt(parts.Count - 1);
        }

        return evaluation.ChargeText(text.Length) && evaluation.ChargeEntries(parts.Count) ? parts : null;
    }

    /// <summary>Appends a replacement with <c>$1</c>, <c>${name}</c> and <c>\x</c> as <c>java.util.regex.Matcher.appendReplacement</c> reads them.</summary>
    private static bool TryAppend(Evaluation evaluation, StringBuilder result, string replacement, Match match)
    {
        for (var i = 0; i < replacement.Length; i++)
        {
            var c = replacement[i];
            if (c == '\\' && i + 1 < replacement.Length)
            {
                result.Append(replacement[++i]);
            }
            else if (c == '$')
            {
                if (TakeGroup(replacement, ref i, match) is not { Length: > 0 } name)
                {
                    evaluation.Fail(TemplateFailure.Evaluation, "A replacement refers to a group that does not exist; write \\$ for a dollar sign");
                    return false;
                }

                result.Append(match.Groups[name].ValueSpan);
            }
            else
            {
                result.Append(c);
            }
        }

        if (result.Length <= evaluation.Limits.MaxTextLength)
        {
            return true;
        }

        evaluation.Fail(TemplateFailure.IntermediateSize, "A text grew past its bound");
        return false;
    }

    /// <summary>Reads the name after a dollar sign; a number takes as many digits as name a group.</summary>
    private static string? TakeGroup(string replacement, ref int at, Match match)
    {
        if (at + 1 < replacement.Length && replacement[at + 1] == '{')
        {
            var end = replacement.IndexOf('}', at);
            var name = end < 0 ? "" : replacement[(at + 2)..end];
            at = end < 0 ? at : end;
            return match.Groups.ContainsKey(name) ? name : null;
        }

        var number = -1;
        while (at + 1 < replacement.Length && char.IsAsciiDigit(replacement[at + 1]))
        {
            var longer = (Math.Max(number, 0) * 10) + replacement[at + 1] - '0';
            if (longer >= match.Groups.Count)
            {
                break;
            }

            number = longer;
            at++;
        }

        return number < 0 ? null : number.ToString(CultureInfo.InvariantCulture);
    }
}
