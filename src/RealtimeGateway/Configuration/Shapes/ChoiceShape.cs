using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>One of several names.</summary>
internal sealed class ChoiceShape<T>(params (string Name, T Value)[] choices) : ScalarShape<T> where T : struct, Enum
{
    public override string Expectation => $"one of {string.Join(", ", choices.Select(choice => choice.Name))}";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        OrEnvironment(new JsonObject { ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice.Name)]) });

    public override JsonNode Print(T value, Printing at) => choices.First(choice => choice.Value.Equals(value)).Name;

    protected override bool TryParse(string text, out T value, out string? complaint)
    {
        value = default;
        complaint = null;
        foreach (var choice in choices)
        {
            if (choice.Name == text)
            {
                value = choice.Value;
                return true;
            }
        }

        if (Suggestion.For(text, choices.Select(choice => choice.Name)) is { } suggestion)
        {
            complaint = $"is unknown; did you mean {suggestion}?";
        }

        return false;
    }
}
