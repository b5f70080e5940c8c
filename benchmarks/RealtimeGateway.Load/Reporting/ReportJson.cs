using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeGateway.Load.Reporting;

/// <summary>The report as JSON, for scripts that compare runs.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static void Write(LoadReport report, string file)
    {
        using var stream = File.Create(file);
        JsonSerializer.Serialize(stream, report, Default.LoadReport);
    }
}
