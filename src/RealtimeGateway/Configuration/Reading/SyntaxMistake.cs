using YamlDotNet.Core;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>Says what the YAML parser objects to in words of the person who wrote the file.</summary>
internal static class SyntaxMistake
{
    private const string Escape = "this escape is unknown inside \"…\"; write \\\\ for a backslash, or use '…' where nothing is escaped";

    private static readonly (string Part, string Message)[] Translations =
    [
        ("block mapping, did not find expected key", "this line does not fit the lines above; indent members of one mapping by the same number of spaces, each as 'name: value'"),
        ("block collection, did not find expected '-'", "this line does not fit the list above; start each item with '- ' at the same indentation"),
        ("flow mapping", "inside '{ }' a ',' or the closing '}' is missing before this; text with any of { } [ ] , needs quotes there"),
        ("flow sequence", "inside '[ ]' a ',' or the closing ']' is missing before this; text with any of { } [ ] , needs quotes there"),
        ("Mapping values are not allowed", "a ':' is not possible here; put quotes around text that contains ': ', or check the indentation of this line"),
        ("found invalid mapping", "a ':' is not possible here; put quotes around text that contains ': ', or check the indentation of this line"),
        ("Block sequence entries are not allowed", "a list item ('- ') is not possible here; start it on its own line"),
        ("could not find expected ':'", "a ':' is missing after this name; write 'name: value'"),
        ("unexpected end of stream", "the quotes opened here are never closed; add the closing quote"),
        ("wrong indentation", "the quotes opened here go on over lines that are not indented; close the quotes or indent the lines"),
        ("hexadecimal", Escape),
        ("unknown escape character", Escape),
        ("cannot start any token", "text cannot start with this character; put quotes around it"),
        ("did not find expected node content", "a value is missing here; text that starts with one of { } [ ] , & * ! | > % @ needs quotes"),
        ("Did not find expected <document start>", "this does not belong to what stands above; check the indentation, and that the file is one mapping of 'name: value' lines"),
        ("anchor or alias", "a name follows '&' or '*'; text that starts with one of them needs quotes"),
        ("directive", "a line that starts with '%' is a YAML directive; put quotes around text that starts with '%'"),
        ("tag", "'!' starts a YAML tag, which means nothing here; put quotes around text that starts with '!'"),
    ];

    /// <summary>Where and what.</summary>
    public static (Place Place, string Message) Of(YamlException exception, string text)
    {
        var place = Place.Of(exception.Start);
        if (exception is FileRefusedException)
        {
            return (place, exception.Message);
        }

        // Wherever the parser stumbles over a tab, the mend is at the tab.
        if (TabInIndentation(text, exception) is { } tab)
        {
            return (tab, "a tab stands in the indentation; YAML indents with spaces only");
        }

        foreach (var (part, message) in Translations)
        {
            if (exception.Message.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return (place, message);
            }
        }

        return (place, $"this is not YAML: {Printable.Of(exception.Message)}");
    }

    private static Place? TabInIndentation(string text, YamlException exception)
    {
        // Some complaints come at the line after the tab, and those about tabs themselves at the line before.
        var first = exception.Start.Line - 1;
        var last = Math.Max(exception.Start.Line, exception.End.Line) + (exception.Message.Contains("tab", StringComparison.Ordinal) ? 1 : 0);
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            var indentation = content[..(content.Length - content.TrimStart().Length)];
            if (line >= first && line <= last && indentation.Length < content.Length && indentation.IndexOf('\t') is >= 0 and var tab)
            {
                return new(line, tab + 1);
            }
        }

        return null;
    }
}
