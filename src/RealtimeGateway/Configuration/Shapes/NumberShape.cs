using System.Globalization;
using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A number from 0 up, with or without a fraction.</summary>
internal sealed class NumberShape : ScalarShape<double>
{
    public override string Expectation => "a number from 0 up, such as 10 or 0.5";

    public override JsonObject Schema(SchemaDefinitions definitions) => OrEnvironment(new JsonObject { ["type"] = "number", ["minimum"] = 0 });

    public override JsonNode Print(double value, Printing at) => value;

    protected override bool TryParse(string text, out double value, out string? complaint)
    {
        complaint = null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
