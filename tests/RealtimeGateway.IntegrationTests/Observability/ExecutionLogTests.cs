using System.Text.RegularExpressions;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Observability;

/// <summary>
/// The execution log, https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html: what happens to an event,
/// step by step.
/// </summary>
public sealed class ExecutionLogTests
{
    [Fact]
    public async Task Tells_TheStepsOfAMessage()
    {
        await using var gateway = await StartAsync(new RouteSettings { LoggingLevel = LoggingLevel.Info, DataTraceEnabled = true });
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"x","text":"hi"}""");
        var call = await gateway.Backend.NextAsync("MESSAGE");
        await Patience.Until(() => Lines(gateway).Any(line => line.Contains("Message from client", StringComparison.Ordinal)), "the message is told to its end");

        var id = call.Headers["x-rg-request-id"].ToString();
        var lines = Lines(gateway).Where(line => line.Contains($"({id})", StringComparison.Ordinal)).ToList();
        Assert.All(lines, line => Assert.StartsWith("RealtimeGateway.Diagnostics.ExecutionLog: /aws/apigateway/chat/prod (", line, StringComparison.Ordinal));
        string[] steps =
        [
            $"Extended Request Id: {id}",
            "Verifying Usage Plan for request: ",
            "API Key  authorized because route '$default' does not require API Key",
            "Usage Plan check succeeded for API Key  and API Stage chat/prod",
            $"Starting execution for request: {id}",
            "WebSocket Request Route: [$default]",
            $$"""received message from client [Connection Id: {{gateway.TheConnection().Id}}]. Message: [{"action":"x","text":"hi"}]""",
            $"Endpoint request URI: {new Uri(gateway.Backend.Uri, "/events")}",
            "Endpoint request headers: {",
            """Endpoint request body after transformations: {"action":"x","text":"hi"}""",
            "Sending request to ",
            "Received response. Status: 200, Integration latency: ",
            "Endpoint response headers: {",
            "Endpoint response body before transformations:",
            "sent to API [chat] with response status code [200].",
        ];
        Assert.Equal(steps.Length, lines.Count);
        Assert.All(steps.Zip(lines), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_OnlyErrors_AtErrorLevel()
    {
        await using var gateway = await TestGateway.StartAsync(static _ =>
        {
            var configuration = Configurations.Http(
                new Uri("http://127.0.0.1:1"),
                static stage => stage with { DefaultRouteSettings = new() { LoggingLevel = LoggingLevel.Error, DataTraceEnabled = true } });
            return configuration with
            {
                Apis = [configuration.Apis[0] with { Routes = [new() { RouteKey = Route.Default, Target = "backend", HasRouteResponse = true }] }],
            };
        });
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("secret words");
        await client.ReadTextAsync();
        await Patience.Until(() => Lines(gateway).Count >= 2, "both errors are told");

        Assert.All(Lines(gateway), line => Assert.Contains("Execution failed", line, StringComparison.Ordinal));
        Assert.DoesNotContain(Lines(gateway), line => line.Contains("secret words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_ConnectAndDisconnect_WithoutSecrets()
    {
        await using var gateway = await StartAsync(new RouteSettings { LoggingLevel = LoggingLevel.Info, DataTraceEnabled = true });
        using var client = await gateway.ConnectAsync("/prod", "Authorization: Bearer top-secret", "User-Agent: demo");
        var id = gateway.TheConnection().Id.ToString();
        await client.CloseAsync(4000, "bye\r\nforged line");
        await Patience.Until(() => Lines(gateway).Any(line => line.Contains("disconnected", StringComparison.Ordinal)), "the end is told");

        var lines = Lines(gateway);
        Assert.Contains(lines, line => line.EndsWith("Client [UserAgent: demo, SourceIp: 127.0.0.1] is connecting to WebSocket API [chat].", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith($"Client [Connection Id: {id}] connected to API [chat] successfully.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(
            $"Client [Connection Id: {id}] disconnected from API [chat] with integration response status code [200]. Close reason: [4000: bye  forged line]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Authorization=****", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("top-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cuts_LongLines()
    {
        await using var gateway = await StartAsync(new RouteSettings { LoggingLevel = LoggingLevel.Info, DataTraceEnabled = true });
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync(new string('\u00fc', 2000));
        await gateway.Backend.NextAsync("MESSAGE");
        await Patience.Until(() => Lines(gateway).Any(line => line.Contains("Message from client", StringComparison.Ordinal)), "the message is told to its end");

        var cut = Lines(gateway).Single(line => line.Contains("received message", StringComparison.Ordinal));
        Assert.Matches(new Regex(@"\u00fc \[TRUNCATED\] *$"), cut);
    }

    [Fact]
    public async Task Tells_Nothing_ByDefault()
    {
        await using var gateway = await StartAsync(new RouteSettings());
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("hi");
        await gateway.Backend.NextAsync("MESSAGE");
        await client.CloseAsync();
        await gateway.Backend.NextAsync("DISCONNECT");

        Assert.Empty(Lines(gateway));
    }

    private static Task<TestGateway> StartAsync(RouteSettings settings) =>
        TestGateway.StartAsync(backend => Configurations.Http(backend, stage => stage with { DefaultRouteSettings = settings }));

    private static List<string> Lines(TestGateway gateway) => [.. gateway.Log.Execution.Select(line => line.TrimEnd())];
}
