using System.Globalization;
using System.Text.Json;

namespace RealtimeGateway.Expressions.Models;

/// <summary>Turns the JSON of a schema into <see cref="ModelSchema"/>s. References lead within the document only; nothing is ever fetched.</summary>
internal sealed class ModelCompiler(JsonElement document)
{
    // Schemas by JSON pointer, so that references, also circular ones, meet the same object.
    private readonly Dictionary<string, ModelSchema> _schemas = new(StringComparer.Ordinal);

    /// <summary>The first thing that was wrong.</summary>
    public string? Error { get; private set; }

    /// <summary>Compiles the whole document; null with an <see cref="Error"/>.</summary>
    public ModelSchema? Compile()
    {
        if (document.ValueKind == JsonValueKind.Object && document.TryGetProperty("$schema", out var dialect)
            && dialect.ValueKind == JsonValueKind.String
            && dialect.GetString()!.TrimEnd('#') is not ("http://json-schema.org/draft-04/schema" or "https://json-schema.org/draft-04/schema"
                or "http://json-schema.org/schema"))
        {
            Refuse("#/$schema", "use \"http://json-schema.org/draft-04/schema#\"; models are JSON Schema draft 4");
            return null;
        }

        var schema = Compile(document, "#");
        return Error is null ? schema : null;
    }

    private ModelSchema Compile(JsonElement element, string pointer)
    {
        if (_schemas.TryGetValue(pointer, out var known))
        {
            return known;
        }

        var schema = new ModelSchema();
        _schemas.Add(pointer, schema);
        if (element.ValueKind != JsonValueKind.Object)
        {
            Refuse(pointer, "a schema must be an object");
            return schema;
        }

        if (element.TryGetProperty("$ref", out var reference))
        {
            schema.Reference = Resolve(reference, pointer);
            return schema;
        }

        foreach (var keyword in element.EnumerateObject())
        {
            if (Error is null)
            {
                CompileKeyword(schema, keyword.Name, keyword.Value, $"{pointer}/{Escape(keyword.Name)}");
            }
        }

        return schema;
    }

    private void CompileKeyword(ModelSchema schema, string name, JsonElement value, string pointer)
    {
        switch (name)
        {
            case "type":
                schema.Types = Types(value, pointer);
                break;
            case "enum":
                schema.Enum = Elements(value, pointer);
                break;
            case "multipleOf":
                schema.MultipleOf = Number(value, pointer);
                if (schema.MultipleOf <= 0)
                {
                    Refuse(pointer, "must be greater than 0");
                }

                break;
            case "minimum":
                schema.Minimum = Number(value, pointer);
                break;
            case "maximum":
                schema.Maximum = Number(value, pointer);
                break;
            case "exclusiveMinimum":
                schema.IsMinimumExclusive = Flag(value, pointer);
                break;
            case "exclusiveMaximum":
                schema.IsMaximumExclusive = Flag(value, pointer);
                break;
            case "minLength":
                schema.MinLength = Count(value, pointer);
                break;
            case "maxLength":
                schema.MaxLength = Count(value, pointer);
                break;
            case "pattern":
                schema.Pattern = value.ValueKind == JsonValueKind.String ? Regex(value.GetString()!, pointer) : Refuse<BoundedRegex>(pointer, "must be a string");
                break;
            case "required":
                schema.Required = Names(value, pointer);
                break;
            case "minProperties":
                schema.MinProperties = Count(value, pointer);
                break;
            case "maxProperties":
                schema.MaxProperties = Count(value, pointer);
                break;
            case "allOf":
                schema.AllOf = Schemas(value, pointer);
                break;
            case "anyOf":
                schema.AnyOf = Schemas(value, pointer);
                break;
            case "oneOf":
                schema.OneOf = Schemas(value, pointer);
                break;
            case "not":
                schema.Not = Compile(value, pointer);
                break;
            default:
                CompileChildren(schema, name, value, pointer);
                break;
        }
    }

    // Keywords that describe (title, format, default, definitions until referred to) or that draft 4 does not know ask for nothing.
    private void CompileChildren(ModelSchema schema, string name, JsonElement value, string pointer)
    {
        switch (name)
        {
            case "minItems":
                schema.MinItems = Count(value, pointer);
                break;
            case "maxItems":
                schema.MaxItems = Count(value, pointer);
                break;
            case "uniqueItems":
                schema.HasUniqueItems = Flag(value, pointer);
                break;
            case "items" when value.ValueKind == JsonValueKind.Array:
                schema.Tuple = Schemas(value, pointer);
                break;
            case "items":
                schema.Items = Compile(value, pointer);
                break;
            case "additionalItems" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                schema.ForbidsAdditionalItems = value.ValueKind == JsonValueKind.False;
                break;
            case "additionalItems":
                schema.AdditionalItems = Compile(value, pointer);
                break;
            case "properties":
                schema.Properties = new Dictionary<string, ModelSchema>(
                    Members(value, pointer).Select(member => KeyValuePair.Create(member.Name, Compile(member.Value, $"{pointer}/{Escape(member.Name)}"))),
                    StringComparer.Ordinal);
                break;
            case "patternProperties":
                schema.PatternProperties = [.. Members(value, pointer).Select(member =>
                    (Regex(member.Name, pointer)!, Compile(member.Value, $"{pointer}/{Escape(member.Name)}")))];
                break;
            case "additionalProperties" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                schema.ForbidsAdditionalProperties = value.ValueKind == JsonValueKind.False;
                break;
            case "additionalProperties":
                schema.AdditionalProperties = Compile(value, pointer);
                break;
            case "dependencies":
                schema.Dependencies = [.. Members(value, pointer).Select(member => Dependency(member, $"{pointer}/{Escape(member.Name)}"))];
                break;
            default:
                break;
        }
    }

    private (string Name, string[] Needs, ModelSchema? Schema) Dependency(JsonProperty member, string pointer) =>
        member.Value.ValueKind == JsonValueKind.Array
            ? (member.Name, Names(member.Value, pointer), null)
            : (member.Name, [], Compile(member.Value, pointer));

    private ModelSchema? Resolve(JsonElement reference, string from)
    {
        var text = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : string.Empty;
        if (!text.StartsWith('#'))
        {
            return Refuse<ModelSchema>(from, $"the reference '{text}' leads out of the model, and none is ever fetched; use #/definitions/{{name}}");
        }

        // RFC 6901 §6: the fragment is percent-encoded, then each step has ~1 for '/' and ~0 for '~'.
        var target = document;
        var pointer = "#";
        foreach (var step in Uri.UnescapeDataString(text[1..]).Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var isFound = target.ValueKind switch
            {
                JsonValueKind.Object => target.TryGetProperty(name, out target),
                JsonValueKind.Array => TryIndex(name, ref target),
                _ => false,
            };
            if (!isFound)
            {
                return Refuse<ModelSchema>(from, $"the reference '{text}' leads nowhere");
            }

            pointer += "/" + Escape(name);
        }

        return text is "#" or ['#', '/', ..] ? Compile(target, pointer) : Refuse<ModelSchema>(from, $"the reference '{text}' must start with '#/'");
    }

    private static bool TryIndex(string name, ref JsonElement target)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= target.GetArrayLength())
        {
            return false;
        }

        target = target[index];
        return true;
    }

    private ModelTypes Types(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Aggregate(ModelTypes.None, (types, element) => types | Types(element, pointer));
        }

        var type = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return type switch
        {
            "array" => ModelTypes.Array,
            "boolean" => ModelTypes.Boolean,
            "integer" => ModelTypes.Integer,
            "null" => ModelTypes.Null,
            "number" => ModelTypes.Number,
            "object" => ModelTypes.Object,
            "string" => ModelTypes.String,
            _ => Refuse<ModelTypes>(pointer, "must be one or more of array, boolean, integer, null, number, object, string"),
        };
    }

    private BoundedRegex? Regex(string pattern, string pointer) =>
        BoundedRegex.TryParse(pattern, out var regex, out var error) ? regex : Refuse<BoundedRegex>(pointer, error);

    private decimal Number(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : Refuse<decimal>(pointer, "must be a number of decimal range");

    private int Count(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0
            ? count
            : Refuse<int>(pointer, "must be a whole number of 0 or more");

    private bool Flag(JsonElement value, string pointer) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : Refuse<bool>(pointer, "must be true or false (as in draft 4)");

    private JsonElement[] Elements(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            ? [.. value.EnumerateArray()]
            : Refuse<JsonElement[]>(pointer, "must be an array that is not empty") ?? [];

    private string[] Names(JsonElement value, string pointer)
    {
        var elements = Elements(value, pointer);
        return Array.TrueForAll(elements, static element => element.ValueKind == JsonValueKind.String)
            ? Array.ConvertAll(elements, static element => element.GetString()!)
            : Refuse<string[]>(pointer, "must be an array of strings") ?? [];
    }

    private ModelSchema[] Schemas(JsonElement value, string pointer) =>
        [.. Elements(value, pointer).Select((element, index) => Compile(element, $"{pointer}/{index}"))];

    // The last of repeated members counts, as everywhere.
    private IEnumerable<JsonProperty> Members(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().GroupBy(static member => member.Name).Select(static group => group.Last())
            : Refuse<IEnumerable<JsonProperty>>(pointer, "must be an object") ?? [];

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private T? Refuse<T>(string pointer, string reason)
    {
        Refuse(pointer, reason);
        return default;
    }

    private void Refuse(string pointer, string reason) => Error ??= $"{pointer}: {reason}";
}
