using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace RealtimeGateway.Expressions;

/// <summary>
/// The JSON paths of selection expressions and parameter mappings: <c>.name</c>, <c>[2]</c> and <c>['any name']</c>, each leading to at most one
/// value. Recursive descent, wildcards, slices and filters are refused, as on AWS.
/// </summary>
internal static class BodyPath
{
    /// <summary>More steps than this cannot lead anywhere in a text of <see cref="JsonScanner.MaxDepth"/>.</summary>
    private const int MaxSteps = JsonScanner.MaxDepth;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(".[]{}()*?@'\" \t\r\n");

    /// <summary>Parses what follows <c>body</c>; empty means the whole body.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> path, [NotNullWhen(true)] out BodyPathStep[]? steps, [NotNullWhen(false)] out string? error)
    {
        var found = new List<BodyPathStep>();
        steps = null;
        var position = 0;
        while (position < path.Length)
        {
            if (found.Count == MaxSteps)
            {
                error = $"the path has more than {MaxSteps} steps";
                return false;
            }

            var rest = path[position..];
            string? reason;
            var length = rest[0] switch
            {
                '.' => ParseName(rest, found, out reason),
                '[' => ParseBrackets(rest, found, out reason),
                _ => Refuse($"'{rest[0]}' cannot stand in a path; write .name or [0]", out reason),
            };
            if (reason is not null)
            {
                error = reason;
                return false;
            }

            position += length;
        }

        steps = [.. found];
        error = null;
        return true;
    }

    private static int ParseName(ReadOnlySpan<char> text, List<BodyPathStep> found, out string? error)
    {
        var name = text[1..];
        var end = name.IndexOfAny(NameEnds);
        name = end < 0 ? name : name[..end];
        if (name.IsEmpty)
        {
            return Refuse(
                text.StartsWith("..") ? "recursive descent '..' is not supported; write the whole path"
                : text.StartsWith(".*") ? "the wildcard '*' is not supported; name one member"
                : "a name is missing behind '.'",
                out error);
        }

        error = null;
        found.Add(new BodyPathStep(Encoding.UTF8.GetBytes(name.ToString()), -1));
        return 1 + name.Length;
    }

    private static int ParseBrackets(ReadOnlySpan<char> text, List<BodyPathStep> found, out string? error)
    {
        if (text.Length > 1 && text[1] is '\'' or '"')
        {
            var length = text[2..].IndexOf(text[1]);
            if (length <= 0 || text.Length < length + 4 || text[length + 3] != ']')
            {
                return Refuse("a quoted name must end in quote and bracket, such as ['name']", out error);
            }

            error = null;
            found.Add(new BodyPathStep(Encoding.UTF8.GetBytes(text.Slice(2, length).ToString()), -1));
            return length + 4;
        }

        var end = text.IndexOf(']');
        if (end < 0)
        {
            return Refuse("']' is missing", out error);
        }

        if (!int.TryParse(text[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return Refuse($"'{text[..(end + 1)]}' is not supported; use the index of one element, such as [0]", out error);
        }

        error = null;
        found.Add(new BodyPathStep(null, index));
        return end + 1;
    }

    private static int Refuse(string reason, out string? error)
    {
        error = reason;
        return 0;
    }
}
