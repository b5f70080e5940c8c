using System.Collections.Immutable;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A mapping whose names the operator chooses: each entry becomes one record.</summary>
/// <param name="rule">What names are possible.</param>
/// <param name="item">The shape of each entry.</param>
/// <param name="seed">Makes a record with its defaults from its name, which <paramref name="rule"/> allows.</param>
/// <param name="name">The name of a record.</param>
internal sealed class NamedMapShape<T>(NameRule rule, ObjectShape<T> item, Func<string, T> seed, Func<T, string> name) : Shape<ImmutableArray<T>> where T : class
{
    public override string Expectation => $"a mapping of names to {item.Plural}";

    public override bool TryRead(FileNode node, MistakeList mistakes, out ImmutableArray<T> value)
    {
        value = [];
        if (node is TextNode { IsNull: true })
        {
            return true;
        }

        if (node is not MapNode map)
        {
            return Refuse(node, mistakes, "; write each as 'name: …' on its own line");
        }

        var items = ImmutableArray.CreateBuilder<T>(map.Entries.Length);
        foreach (var entry in map.Entries)
        {
            var isNamed = rule.Allows(entry.Key.Value);
            if (!isNamed)
            {
                mistakes.Add(entry.Key.Place, rule.Complaint(entry.Key.Written));
            }

            // Read even when its name is impossible, so that all mistakes are told at once.
            if (item.TryRead(entry, isNamed ? () => seed(entry.Key.Value) : null, mistakes, out var read))
            {
                items.Add(read);
            }
        }

        value = items.ToImmutable();
        return value.Length == map.Entries.Length;
    }

    public override JsonNode Print(ImmutableArray<T> value, Printing at) => new JsonObject(value.Select(one =>
        KeyValuePair.Create(EnvironmentText.Escape(name(one)), (JsonNode?)item.Print(one, seed(name(one)), at[name(one)]))));

    public override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = new JsonArray("object", "null"),
        ["propertyNames"] = rule.Schema(),
        ["additionalProperties"] = item.Schema(definitions),
    };
}
