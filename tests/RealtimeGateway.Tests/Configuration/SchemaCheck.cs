using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Tests.Configuration;

/// <summary>The part of JSON Schema draft 7 that the configuration file's schema uses; a keyword beyond it fails the test.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    public bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonObject schema, JsonNode? value) => schema.All(keyword => Accepts(schema, keyword.Key, keyword.Value!, value));

    private bool Accepts(JsonObject schema, string keyword, JsonNode argument, JsonNode? value) => keyword switch
    {
        "$schema" or "title" or "description" or "default" or "definitions" => true,
        "$ref" => Accepts(root["definitions"]![argument.GetValue<string>().Split('/')[^1]]!.AsObject(), value),
        "allOf" => argument.AsArray().All(part => Accepts(part!.AsObject(), value)),
        "anyOf" => argument.AsArray().Any(part => Accepts(part!.AsObject(), value)),
        "type" => (argument is JsonArray types ? types.Select(type => (string)type!) : [(string)argument!]).Any(type => IsA(type, value)),
        "enum" => argument.AsArray().Any(choice => JsonNode.DeepEquals(choice, value)),
        "const" => JsonNode.DeepEquals(argument, value),
        "pattern" => !IsA("string", value) || Regex.IsMatch((string)value!, (string)argument!, RegexOptions.ECMAScript),
        "minimum" => !IsA("number", value) || (double)value! >= (double)argument,
        "maximum" => !IsA("number", value) || (double)value! <= (double)argument,
        "items" => value is not JsonArray items || items.All(item => Accepts(argument.AsObject(), item)),
        "required" => value is not JsonObject map || argument.AsArray().All(name => map.ContainsKey((string)name!)),
        "propertyNames" => value is not JsonObject map || map.All(member => Accepts(argument.AsObject(), JsonValue.Create(member.Key))),
        "properties" => value is not JsonObject map || map.All(member => argument[member.Key] is not JsonObject part || Accepts(part, member.Value)),
        "patternProperties" => argument is JsonObject { Count: 1 } && argument["^x-"] is JsonObject { Count: 0 },
        "additionalProperties" => value is not JsonObject map || map.Where(member => !IsNamed(schema, member.Key)).All(
            member => argument is JsonObject part && Accepts(part, member.Value)),
        _ => throw new NotSupportedException($"The check does not know '{keyword}'."),
    };

    private static bool IsNamed(JsonObject schema, string name) =>
        schema["properties"]?[name] is not null || (schema.ContainsKey("patternProperties") && name.StartsWith("x-", StringComparison.Ordinal));

    private static bool IsA(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger((double)value!),
        _ => false,
    };
}
