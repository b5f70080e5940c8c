using System.Text;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>
/// Fills <c>${env:NAME}</c> and <c>${env:NAME:-default}</c> in. This happens to single scalars after YAML was read, so that a value cannot
/// add to the structure of the file. <c>$${env:</c> stands for <c>${env:</c> itself.
/// </summary>
internal sealed partial class EnvironmentText(Func<string, string?> lookup)
{
    private const string Opening = "${env:";

    /// <summary>The text as a file must have it so that nothing of it is taken for a reference.</summary>
    public static string Escape(string text) => text.Replace(Opening, $"${Opening}", StringComparison.Ordinal);

    /// <summary>A reference to the variable <paramref name="name"/>.</summary>
    public static string Reference(string name) => $"{Opening}{name}}}";

    /// <summary>The text with the environment in it; what cannot be filled in is added to <paramref name="mistakes"/> and left as it is.</summary>
    public string Fill(string text, Place place, MistakeList mistakes)
    {
        if (!text.Contains(Opening, StringComparison.Ordinal))
        {
            return text;
        }

        var filled = new StringBuilder();
        var position = 0;
        while (text.IndexOf(Opening, position, StringComparison.Ordinal) is >= 0 and var start)
        {
            filled.Append(text, position, start - position);
            if (start > position && text[start - 1] == '$')
            {
                filled.Length--;
                filled.Append(Opening);
                position = start + Opening.Length;
                continue;
            }

            var match = ReferencePattern().Match(text, start);
            if (!match.Success)
            {
                mistakes.Add(place, $"'{Printable.Of(text[start..])}' is no reference to the environment; write ${{env:NAME}} or ${{env:NAME:-default}}");
                return text;
            }

            filled.Append(Value(match, place, mistakes));
            position = start + match.Length;
        }

        return filled.Append(text, position, text.Length - position).ToString();
    }

    private string Value(Match match, Place place, MistakeList mistakes)
    {
        var name = match.Groups["name"].Value;
        var fallback = match.Groups["default"];
        var value = lookup(name);

        // As in a shell, ":-" also replaces an empty value.
        if (fallback.Success && string.IsNullOrEmpty(value))
        {
            return fallback.Value;
        }

        if (value is null)
        {
            mistakes.Add(place, $"the environment has no variable '{Printable.Of(name)}'; set it, or write ${{env:{Printable.Of(name)}:-default}}");
        }

        return value ?? match.Value;
    }

    [GeneratedRegex(@"\G\$\{env:(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}", RegexOptions.CultureInvariant)]
    private static partial Regex ReferencePattern();
}
