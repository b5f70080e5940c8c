using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>The named parts of a schema; each is made once and referred to.</summary>
internal sealed class SchemaDefinitions
{
    private readonly SortedDictionary<string, JsonObject> _made = new(StringComparer.Ordinal);

    /// <summary>A reference to the part <paramref name="name"/>, which is made at its first mention.</summary>
    public JsonObject Refer(string name, Func<SchemaDefinitions, JsonObject> make)
    {
        if (!_made.ContainsKey(name))
        {
            // Taken before it is made, so that a shape may contain itself.
            _made[name] = [];
            _made[name] = make(this);
        }

        return new() { ["$ref"] = $"#/definitions/{name}" };
    }

    public JsonObject ToJson() => new(_made.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
}
