using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Shapes;

namespace RealtimeGateway.Configuration;

/// <summary>The JSON Schema (draft 7, which YAML editors understand best) of the configuration file.</summary>
internal static class GatewayFileSchema
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>The schema as text, ending in a line break.</summary>
    public static string Text()
    {
        var definitions = new SchemaDefinitions();
        var root = GatewayFileTable.Root.Schema(definitions);
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "RealtimeGateway configuration file",
            ["description"] = "Any text may hold ${env:NAME} or ${env:NAME:-default}. Durations need a unit: 250ms, 10s, 10m, 2h, 1h30m. "
                + "Sizes are bytes or have a unit: 4096, 32KiB, 1MiB; KB counts 1,024 like KiB. Members that start with x- at the top are passed over.",
            ["allOf"] = new JsonArray(root),
            ["definitions"] = definitions.ToJson(),
        };
        return schema.ToJsonString(Options) + "\n";
    }
}
