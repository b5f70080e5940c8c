using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>One step of an update (https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html).</summary>
/// <param name="Op">What is done: <c>add</c>, <c>remove</c> or <c>replace</c>.</param>
/// <param name="Path">Where.</param>
/// <param name="Value">To what; null: the request has none.</param>
internal sealed record PatchOperation(string Op, string Path, string? Value)
{
    /// <summary>Whether the step sets something.</summary>
    public bool Sets => Op is "add" or "replace";

    /// <summary>The steps of a request, in order.</summary>
    public static ControlPlaneError? TryRead(JsonObject body, out ImmutableArray<PatchOperation> operations)
    {
        operations = [];
        if (body["patchOperations"] is not { } given)
        {
            return null;
        }

        if (given is not JsonArray list)
        {
            return ControlPlaneError.BadRequest("patchOperations must be a list.");
        }

        var read = ImmutableArray.CreateBuilder<PatchOperation>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonObject step || Text(step["op"]) is not { } op || Text(step["path"]) is not { } path)
            {
                return ControlPlaneError.BadRequest("Each patch operation needs an op and a path.");
            }

            if (op is not ("add" or "remove" or "replace"))
            {
                return ControlPlaneError.BadRequest($"Invalid patch operation specified: '{op}'. Must be one of: [add, remove, replace]");
            }

            read.Add(new(op, path, Text(step["value"])));
        }

        operations = read.ToImmutable();
        return null;
    }

    /// <summary>The refusal of a path that the resource does not have.</summary>
    public ControlPlaneError InvalidPath() => ControlPlaneError.BadRequest($"Invalid patch path {Path}");

    /// <summary>The refusal of a value.</summary>
    public ControlPlaneError InvalidValue() => ControlPlaneError.BadRequest($"Invalid value '{Value}' specified for patch path {Path}");

    /// <summary>The value as a whole number.</summary>
    public bool TryInteger(out int number) => int.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>The value as a number from 0 up.</summary>
    public bool TryNumber(out double number) =>
        double.TryParse(Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>The value as a truth value.</summary>
    public bool TryBoolean(out bool value) => bool.TryParse(Value, out value);

    /// <summary>The value, where an empty one takes the member away.</summary>
    public string? TextOrNothing => Op == "remove" || string.IsNullOrEmpty(Value) ? null : Value;

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
