using System.Collections.Immutable;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A mapping of names to texts.</summary>
/// <param name="text">The shape of the values.</param>
/// <param name="shorthand">The name that is meant when only a text stands there; <see langword="null"/> when that is not possible.</param>
internal sealed class TextMapShape(TextShape text, string? shorthand = null) : Shape<ImmutableSortedDictionary<string, string>>
{
    public override string Expectation => shorthand is null ? "a mapping of names to text" : $"text (for {shorthand}) or a mapping of names to text";

    public override bool TryRead(FileNode node, MistakeList mistakes, out ImmutableSortedDictionary<string, string> value)
    {
        value = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        switch (node)
        {
            case TextNode { IsNull: true }:
                return true;
            case TextNode only when shorthand is not null:
                value = value.Add(shorthand, only.Value);
                return true;
            case MapNode map:
                return TryReadEntries(map, mistakes, ref value);
            default:
                return Refuse(node, mistakes, "; write each as 'name: text'");
        }
    }

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var map = new JsonObject { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = text.Schema(definitions) };
        return shorthand is null ? map : new JsonObject { ["anyOf"] = new JsonArray(text.Schema(definitions), map) };
    }

    private bool TryReadEntries(MapNode map, MistakeList mistakes, ref ImmutableSortedDictionary<string, string> value)
    {
        var builder = value.ToBuilder();
        foreach (var entry in map.Entries)
        {
            if (text.TryRead(entry.Value, mistakes, out var read))
            {
                builder.Add(entry.Key.Value, read);
            }
        }

        value = builder.ToImmutable();
        return value.Count == map.Entries.Length;
    }
}
