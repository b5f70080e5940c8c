using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary><c>serial</c>, <c>parallel</c>, or <c>{ parallel: 32 }</c>.</summary>
internal sealed class ConcurrencyShape : Shape<RouteConcurrency>
{
    private static readonly IntegerShape Bound = new(1, RouteConcurrency.MaxBound);

    public override string Expectation => "serial, parallel or { parallel: 32 }";

    public override bool TryRead(FileNode node, MistakeList mistakes, out RouteConcurrency value)
    {
        value = RouteConcurrency.Parallel(RouteConcurrency.DefaultBound);
        switch (node)
        {
            case TextNode { Value: "parallel" }:
                return true;
            case TextNode { Value: "serial" }:
                value = RouteConcurrency.Serial;
                return true;
            case MapNode { Entries: [{ Key.Value: "parallel" } entry] }:
                var isGood = Bound.TryRead(entry.Value, mistakes, out var bound);
                value = isGood ? RouteConcurrency.Parallel(bound) : value;
                return isGood;
            default:
                return Refuse(node, mistakes, "");
        }
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray("serial", "parallel") },
            new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("parallel"),
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject { ["parallel"] = Bound.Schema(definitions) },
            },
            new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{env:" }),
    };

    public override JsonNode Print(RouteConcurrency value, Printing at) =>
        value.IsSerial ? "serial" : value.Bound == RouteConcurrency.DefaultBound ? "parallel" : new JsonObject { ["parallel"] = value.Bound };
}
