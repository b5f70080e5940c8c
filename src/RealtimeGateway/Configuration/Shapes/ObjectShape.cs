using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A mapping with known members, read into a record. The member list is the table that reader and schema share.</summary>
/// <param name="name">What it is, in one word; also the name of the part of the schema.</param>
/// <param name="defaults">A record with its defaults.</param>
/// <param name="members">All members.</param>
/// <param name="shorthand">The member that is meant when only its value stands there; <see langword="null"/> when that is not possible.</param>
/// <param name="allowsExtensions">Whether members that start with <c>x-</c> are passed over; a place for anchors.</param>
internal sealed class ObjectShape<T>(string name, T defaults, ImmutableArray<Member<T>> members, string? shorthand = null, bool allowsExtensions = false)
    : Shape<T> where T : class
{
    private readonly Dictionary<string, Member<T>> _members = members.ToDictionary(member => member.Name, StringComparer.Ordinal);

    public string Plural => name.EndsWith('s') ? name : $"{name}s";

    /// <summary>All members, for the schema and for tests.</summary>
    public ImmutableArray<Member<T>> Members => members;

    public override string Expectation =>
        $"{(shorthand is null ? "" : $"{shorthand} as text, or ")}a mapping with {(members.Length == 1 ? "" : "some of ")}{Names}";

    private string Names => string.Join(", ", members.Select(member => member.Name));

    public override bool TryRead(FileNode node, MistakeList mistakes, [MaybeNullWhen(false)] out T value) =>
        TryRead(new MapEntry(new TextNode(node.Place, name, name, isPlain: false), node), () => defaults, mistakes, out value);

    /// <summary>Reads an entry of a mapping; without a <paramref name="seed"/> only its mistakes are looked for.</summary>
    public bool TryRead(MapEntry entry, Func<T>? seed, MistakeList mistakes, [MaybeNullWhen(false)] out T value)
    {
        value = null;
        if (entry.Value is not (MapNode or TextNode { IsNull: true }) && !(entry.Value is TextNode && shorthand is not null))
        {
            return Refuse(entry.Value, mistakes);
        }

        var entries = entry.Value switch
        {
            MapNode map => map.Entries,
            TextNode { IsNull: false } text => [new MapEntry(new TextNode(text.Place, shorthand!, shorthand!, isPlain: false), text)],
            _ => [],
        };
        value = Fill(entries, seed?.Invoke(), mistakes);
        foreach (var missing in members.Where(member => member.IsRequired && entries.All(written => written.Key.Value != member.Name)))
        {
            mistakes.Add(entry.Place, $"'{missing.Name}' is missing in the {name} '{entry.Key.Written}'; add '{missing.Name}: …'");
            value = null;
        }

        return value is not null;
    }

    public override JsonNode Print(T value, Printing at) => Print(value, defaults, at);

    /// <summary>Prints what differs from <paramref name="seed"/>, which is what a reader starts from, and what must be written.</summary>
    public JsonNode Print(T value, T seed, Printing at)
    {
        var printed = new JsonObject();
        foreach (var member in members)
        {
            var node = member.Print(value, at);
            if (node is not null && (member.IsRequired || !JsonNode.DeepEquals(node, member.Print(seed, at))))
            {
                printed.Add(member.Name, node);
            }
        }

        return shorthand is not null && printed.Count == 1 && printed[shorthand] is JsonValue single ? single.DeepClone() : printed;
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer(name, MakeSchema);

    private T? Fill(ImmutableArray<MapEntry> entries, T? target, MistakeList mistakes)
    {
        foreach (var entry in entries)
        {
            if (_members.TryGetValue(entry.Key.Value, out var member))
            {
                // After a mistake the others are still read, for their mistakes.
                target = member.Read(entry.Value, target, mistakes);
            }
            else if (!allowsExtensions || !entry.Key.Value.StartsWith("x-", StringComparison.Ordinal))
            {
                mistakes.Add(entry.Key.Place, Unknown(entry.Key));
                target = null;
            }
        }

        return target;
    }

    private string Unknown(TextNode key)
    {
        if (members.FirstOrDefault(member => member.Elsewhere == key.Value) is { } translated)
        {
            return $"unknown member '{key.Written}'; here it is called '{translated.Name}'";
        }

        return Suggestion.For(key.Value, _members.Keys) is { } suggestion
            ? $"unknown member '{key.Written}'; did you mean '{suggestion}'?"
            : $"unknown member '{key.Written}'; possible here: {Names}";
    }

    private JsonObject MakeSchema(SchemaDefinitions definitions)
    {
        var schema = new JsonObject
        {
            ["type"] = new JsonArray("object", "null"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Schema(definitions, defaults)))),
        };
        if (members.Where(member => member.IsRequired).Select(member => (JsonNode)member.Name).ToArray() is { Length: > 0 } required)
        {
            schema["type"] = "object";
            schema["required"] = new JsonArray(required);
        }

        if (allowsExtensions)
        {
            schema["patternProperties"] = new JsonObject { ["^x-"] = new JsonObject() };
        }

        return shorthand is null
            ? schema
            : new JsonObject { ["anyOf"] = new JsonArray(_members[shorthand].Schema(definitions, defaults), schema) };
    }
}
