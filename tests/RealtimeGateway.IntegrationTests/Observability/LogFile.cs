using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Observability;

/// <summary>An access log in a directory that is gone after the test.</summary>
internal sealed class LogFile : IDisposable
{
    private const string UsualFormat = """
        {"type":"$context.eventType","route":"$context.routeKey","status":"$context.status","request":"$context.requestId","extended":"$context.extendedRequestId","connection":"$context.connectionId","message":"$context.messageId","error":$context.error.messageString,"errorType":"$context.error.responseType","mistake":"$context.error.validationErrorString","latency":"$context.integrationLatency","integration":"$context.integration.status","ip":"$context.identity.sourceIp","connectedAt":"$context.connectedAt","agent":"$context.identity.userAgent"}
        """;

    private readonly TemporaryDirectory _directory = new();

    /// <summary>What a line has.</summary>
    public string Format { get; init; } = UsualFormat;

    public string Path => System.IO.Path.Combine(_directory.Path, "logs", "access.log");

    /// <summary>Makes a stage log here.</summary>
    public Stage LogHere(Stage stage) => stage with { AccessLog = new() { Destination = Path, Format = Format } };

    /// <summary>The lines, once there are so many.</summary>
    public async Task<JsonObject[]> ReadAsync(int count)
    {
        var lines = Array.Empty<string>();
        await Patience.Until(() => (lines = File.Exists(Path) ? File.ReadAllLines(Path) : []).Length >= count, $"the access log has {count} lines");
        Assert.Equal(count, lines.Length);
        // The quotes of error.messageString come with it; unset it is a bare hyphen.
        return [.. lines.Select(static line => JsonNode.Parse(line.Replace("\"error\":-", "\"error\":null", StringComparison.Ordinal))!.AsObject())];
    }

    public void Dispose() => _directory.Dispose();
}
