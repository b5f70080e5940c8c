using YamlDotNet.Core;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>A place in a text; lines and columns count from 1.</summary>
internal readonly record struct Place(int Line, int Column)
{
    public static Place Start => new(1, 1);

    public static Place Of(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    /// <summary>The place of the character at <paramref name="index"/>.</summary>
    public static Place Of(ReadOnlySpan<char> text, int index)
    {
        var before = text[..index];
        return new(before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
