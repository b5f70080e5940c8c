using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>
/// Makes a sample mapping template of a model, a starting point for an author: an object's members with sample values, and a loop for each array
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html).
/// </summary>
internal static class SampleTemplate
{
    /// <summary>Schemas nested deeper are shown as empty.</summary>
    private const int MaxDepth = 16;

    /// <summary>The template of a JSON Schema, which has been checked.</summary>
    public static string Of(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        var template = new StringBuilder("#set($inputRoot = $input.path('$'))\n");
        Write(template, document.RootElement, "$inputRoot", indent: "", depth: 0);
        return template.ToString();
    }

    private static void Write(StringBuilder template, JsonElement schema, string path, string indent, int depth)
    {
        switch (depth < MaxDepth ? TypeOf(schema) : null)
        {
            case "object":
                WriteObject(template, schema, path, indent, depth);
                break;
            case "array":
                var item = string.Create(CultureInfo.InvariantCulture, $"$elem{depth}");
                template.Append("[\n").Append(indent).Append("#foreach(").Append(item).Append(" in ").Append(path).Append(")\n").Append(indent).Append("  ");
                Write(template, schema.TryGetProperty("items", out var items) ? items : default, item, indent + "  ", depth + 1);
                template.Append("#if($foreach.hasNext),#end\n").Append(indent).Append("#end\n").Append(indent).Append(']');
                break;
            case "integer" or "number":
                template.Append("42");
                break;
            case "boolean":
                template.Append("true");
                break;
            case "string":
                template.Append("\"foo\"");
                break;
            default:
                template.Append("{}");
                break;
        }
    }

    private static void WriteObject(StringBuilder template, JsonElement schema, string path, string indent, int depth)
    {
        template.Append('{');
        var separator = "\n";
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                template.Append(separator).Append(indent).Append("  ").Append(JsonSerializer.Serialize(property.Name)).Append(" : ");
                Write(template, property.Value, $"{path}.{property.Name}", indent + "  ", depth + 1);
                separator = ",\n";
            }
        }

        template.Append(separator == "\n" ? "" : "\n" + indent).Append('}');
    }

    /// <summary>The type that the schema says, the first of several, or the one that its members imply.</summary>
    private static string? TypeOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (schema.TryGetProperty("type", out var type))
        {
            return type.ValueKind switch
            {
                JsonValueKind.String => type.GetString(),
                JsonValueKind.Array when type.GetArrayLength() > 0 => type[0].ToString(),
                _ => null,
            };
        }

        return schema.TryGetProperty("properties", out _) ? "object" : schema.TryGetProperty("items", out _) ? "array" : null;
    }
}
