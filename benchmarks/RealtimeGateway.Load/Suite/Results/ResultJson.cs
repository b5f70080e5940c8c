using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeGateway.Load.Suite.Results;

/// <summary>Results as files: each experiment has its own, so that one can be measured anew without the others.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExperimentResult))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    public static void Write(ExperimentResult result, string file)
    {
        // Micro signs and quotes stay readable: nobody embeds these files in a page.
        var readable = new ResultJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        File.WriteAllText(file, JsonSerializer.Serialize(result, readable.ExperimentResult) + "\n");
    }

    public static ExperimentResult? TryRead(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), Default.ExperimentResult) : null;
}
