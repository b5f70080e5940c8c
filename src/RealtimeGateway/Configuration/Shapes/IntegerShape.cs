using System.Globalization;
using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; where it can be switched off, <c>off</c> stands for 0.</summary>
internal sealed class IntegerShape(int min, int max, bool canBeOff = false) : ScalarShape<int>
{
    public override string Expectation =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min:N0} to {max:N0}{(canBeOff ? ", or off" : "")}");

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var number = new JsonObject { ["type"] = "integer", ["minimum"] = canBeOff ? 0 : min, ["maximum"] = max };
        return canBeOff ? OrEnvironment(number, new JsonObject { ["const"] = "off" }) : OrEnvironment(number);
    }

    public override JsonNode Print(int value, Printing at) => canBeOff && value == 0 ? "off" : value;

    protected override bool TryParse(string text, out int value, out string? complaint)
    {
        complaint = null;
        value = 0;
        if (canBeOff && text is ("off" or "0"))
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        value = (int)Math.Clamp(number, min, max);
        complaint = $"is out of range; write {Expectation}";
        return value == number;
    }
}
