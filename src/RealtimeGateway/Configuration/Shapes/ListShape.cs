using System.Collections.Immutable;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A list; one item may stand without the list.</summary>
internal sealed class ListShape<T>(Shape<T> item) : Shape<ImmutableArray<T>>
{
    public override string Expectation => $"a list; each item {item.Expectation}";

    public override bool TryRead(FileNode node, MistakeList mistakes, out ImmutableArray<T> value)
    {
        value = [];
        if (node is TextNode { IsNull: true })
        {
            return true;
        }

        if (node is MapNode)
        {
            return Refuse(node, mistakes, "; start each item with '- '");
        }

        var items = ImmutableArray.CreateBuilder<T>();
        var isGood = true;
        foreach (var child in node is ListNode list ? list.Items : [node])
        {
            if (item.TryRead(child, mistakes, out var read))
            {
                items.Add(read);
            }
            else
            {
                isGood = false;
            }
        }

        value = items.ToImmutable();
        return isGood;
    }

    public override JsonNode Print(ImmutableArray<T> value, Printing at) => new JsonArray([.. value.Select((one, index) => item.Print(one, at[index]))]);

    public override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "array", ["items"] = item.Schema(definitions) },
            item.Schema(definitions),
            new JsonObject { ["type"] = "null" }),
    };
}
