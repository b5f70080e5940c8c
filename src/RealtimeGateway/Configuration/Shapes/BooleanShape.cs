using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary><c>true</c> or <c>false</c>; YAML 1.1's other spellings are told, not guessed.</summary>
internal sealed class BooleanShape : ScalarShape<bool>
{
    public override string Expectation => "true or false";

    public override JsonObject Schema(SchemaDefinitions definitions) => OrEnvironment(new JsonObject { ["type"] = "boolean" });

    public override JsonNode Print(bool value, Printing at) => value;

    protected override bool TryParse(string text, out bool value, out string? complaint)
    {
        complaint = text.ToUpperInvariant() switch
        {
            "YES" or "ON" or "Y" or "1" => "is no boolean; write true",
            "NO" or "OFF" or "N" or "0" => "is no boolean; write false",
            _ => null,
        };
        return bool.TryParse(text, out value);
    }
}
