using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>Any text; a plain number or <c>true</c> counts as the text it is.</summary>
internal sealed class TextShape : ScalarShape<string>
{
    public override string Expectation => "text";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    public override JsonNode Print(string value, Printing at) => EnvironmentText.Escape(value);

    protected override bool TryParse(string text, [MaybeNullWhen(false)] out string value, out string? complaint)
    {
        (value, complaint) = (text, null);
        return true;
    }

    protected override string? Advice(FileNode node) => node switch
    {
        MapNode => "; text that starts with '{' or contains ': ' needs quotes",
        ListNode => "; text that starts with '[' or '- ' needs quotes",
        _ => null,
    };
}
