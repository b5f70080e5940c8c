using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary>What monitoring gets of the program.</summary>
public sealed class MetricsExportTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private const string Chat = """
        apis:
          chat:
            integrations: { echo: { type: MOCK, responses: { $default: $input.body } } }
            routes: { $default: { target: echo, routeResponse: true } }
            stages: { prod: }
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new();

    public MetricsExportTests() => _directory.Write("gateway.yaml", Chat);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Prometheus_Asked_GetsWhatHappened()
    {
        await using var server = Run(new() { ["Gateway__Metrics"] = "true", ["Gateway__NodeName"] = "one" });
        var (data, admin) = (await server.AddressAsync("data"), await server.AddressAsync("admin"));
        using var client = await RawWebSocket.ConnectAsync(data.Port, "/prod");
        using var left = await RawWebSocket.ConnectAsync(data.Port, "/prod");
        await client.SendTextAsync("hello");
        Assert.Equal("hello", await client.ReadTextAsync());
        await left.SendCloseAsync(1000);
        _ = await left.ReadCloseAsync();

        // The end is counted after it has been answered.
        string? text = null;
        await Patience.Until(
            async () => (text = await _http.GetStringAsync(new Uri(admin, "/metrics"), Cancellation)).Contains("realtimegateway_connections_closed_total{", StringComparison.Ordinal),
            "the end is counted");

        Assert.Matches("(?m)^realtimegateway_connections_open\\{[^}]*api=\"chat\"[^}]*\\} 1\r?$", text);
        Assert.Matches("(?m)^realtimegateway_messages_total\\{[^}]*stage=\"prod\"[^}]*\\} 1\r?$", text);
        Assert.Matches("(?m)^dotnet_gc_collections_total\\{", text);
        Assert.Contains("service_instance_id=\"one\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_IsForOperatorsOnly()
    {
        await using var server = Run(new() { ["Gateway__Metrics"] = "true", ["Gateway__BearerTokens__0"] = Token });
        var metrics = new Uri(await server.AddressAsync("admin"), "/metrics");
        using var refused = await _http.GetAsync(metrics, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.DoesNotContain("realtimegateway", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, metrics) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        using var answer = await _http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Prometheus_NotWanted_FindsNothing()
    {
        await using var server = Run([]);
        using var answer = await _http.GetAsync(new Uri(await server.AddressAsync("admin"), "/metrics"), Cancellation);
        Assert.False(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Collector_NamedByTheEnvironment_IsTold()
    {
        await using var collector = await Backend.StartAsync();
        await using var server = Run(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Uri.AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
        });
        using var client = await RawWebSocket.ConnectAsync((await server.AddressAsync("data")).Port, "/prod");

        BackendCall call;
        do
        {
            call = await collector.NextAsync();
            Assert.Equal("/v1/metrics", call.RawTarget);
        }
        while (!Encoding.Latin1.GetString(call.Body).Contains("realtimegateway.connections.open", StringComparison.Ordinal));
    }

    private ServerProcess Run(Dictionary<string, string> environment) =>
        ServerProcess.Run(_directory.Path, environment, "--data-url", "http://127.0.0.1:0", "--admin-url", "http://127.0.0.1:0");
}
