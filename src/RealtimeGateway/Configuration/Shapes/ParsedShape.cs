using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A value with its own textual form, such as an id.</summary>
/// <param name="expectation">What is expected, with the rule it follows.</param>
/// <param name="pattern">The form as a regular expression for the schema.</param>
internal sealed class ParsedShape<T>(string expectation, string pattern) : ScalarShape<T> where T : IParsable<T>
{
    public override string Expectation => expectation;

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        OrEnvironment(new JsonObject { ["type"] = "string", ["pattern"] = $"^(?:{pattern})$" });

    public override JsonNode Print(T value, Printing at) => value.ToString() ?? "";

    protected override bool TryParse(string text, [MaybeNullWhen(false)] out T value, out string? complaint)
    {
        complaint = null;
        return T.TryParse(text, null, out value);
    }
}
