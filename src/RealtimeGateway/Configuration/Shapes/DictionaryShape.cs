using System.Collections.Immutable;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A mapping of names that the operator chooses to values.</summary>
/// <param name="value">The shape of the values.</param>
/// <param name="shorthand">The name that is meant when only its value stands there; <see langword="null"/> when that is not possible.</param>
internal sealed class DictionaryShape<T>(Shape<T> value, string? shorthand = null) : Shape<ImmutableSortedDictionary<string, T>>
{
    public override string Expectation => shorthand is null
        ? $"a mapping of names to {value.Expectation}"
        : $"{value.Expectation} (for {shorthand}), or a mapping of names to {value.Expectation}";

    public override bool TryRead(FileNode node, MistakeList mistakes, out ImmutableSortedDictionary<string, T> read)
    {
        read = ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
        switch (node)
        {
            case TextNode { IsNull: true }:
                return true;
            case TextNode only when shorthand is not null:
                var isGood = value.TryRead(only, mistakes, out var single);
                read = isGood ? read.Add(shorthand, single!) : read;
                return isGood;
            case MapNode map:
                return TryReadEntries(map, mistakes, ref read);
            default:
                return Refuse(node, mistakes, "; write each as 'name: value'");
        }
    }

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var map = new JsonObject { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = value.Schema(definitions) };
        return shorthand is null ? map : new JsonObject { ["anyOf"] = new JsonArray(value.Schema(definitions), map) };
    }

    public override JsonNode Print(ImmutableSortedDictionary<string, T> entries, Printing at)
    {
        // A mapping can only be read as the entries themselves, so it cannot be a shorthand.
        if (shorthand is not null && entries.Count == 1 && entries.TryGetValue(shorthand, out var only) && value.Print(only, at) is JsonValue single)
        {
            return single;
        }

        return new JsonObject(entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => KeyValuePair.Create(EnvironmentText.Escape(entry.Key), (JsonNode?)value.Print(entry.Value, at[entry.Key]))));
    }

    private bool TryReadEntries(MapNode map, MistakeList mistakes, ref ImmutableSortedDictionary<string, T> read)
    {
        var builder = read.ToBuilder();
        foreach (var entry in map.Entries)
        {
            if (value.TryRead(entry.Value, mistakes, out var item))
            {
                builder.Add(entry.Key.Value, item);
            }
        }

        read = builder.ToImmutable();
        return read.Count == map.Entries.Length;
    }
}
