using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Observability;

/// <summary>
/// One line for each event (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html).
/// </summary>
public sealed class AccessLogTests
{
    [Fact]
    public async Task Logs_Life_OfAConnection()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(backend => Configurations.Http(backend, log.LogHere));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of("ok", call.Text.Contains("fail", StringComparison.Ordinal) ? 503 : 200));
        using var client = await gateway.ConnectAsync("/prod", "User-Agent: te\"st");
        var id = gateway.TheConnection().Id.ToString();
        await client.SendTextAsync("""{"action":"two"}""");
        Assert.Equal("ok", await client.ReadTextAsync());
        // A line may come after the answer that it tells of.
        _ = await log.ReadAsync(2);
        await client.SendTextAsync("""{"action":"two","fail":1}""");
        Assert.Equal("ok", await client.ReadTextAsync());
        _ = await log.ReadAsync(3);
        await client.SendTextAsync("""{"action":"silent"}""");
        _ = await log.ReadAsync(4);
        await client.CloseAsync();
        var lines = await log.ReadAsync(5);

        Assert.Equal(["CONNECT", "MESSAGE", "MESSAGE", "MESSAGE", "DISCONNECT"], lines.Select(line => Text(line, "type")));
        Assert.Equal(["$connect", "two", "two", "silent", "$disconnect"], lines.Select(line => Text(line, "route")));
        Assert.Equal(["200", "200", "503", "200", "200"], lines.Select(line => Text(line, "status")));
        Assert.All(lines, line => Assert.Equal(id, Text(line, "connection")));
        Assert.All(lines, line => Assert.Equal("127.0.0.1", Text(line, "ip")));
        Assert.All(lines, line => Assert.Equal("te\"st", Text(line, "agent")));
        Assert.All(lines, line => Assert.Null(line["error"]));
        Assert.All(lines, line => Assert.Equal("-", Text(line, "errorType")));
        // As on AWS, whose rows of WebSocket APIs have the total latency only.
        Assert.All(lines, line => Assert.Equal("-", Text(line, "integration")));
        Assert.All(lines, line => Assert.Equal(Text(line, "request"), Text(line, "extended")));
        Assert.Equal(5, lines.Select(line => Text(line, "request")).Distinct().Count());
        Assert.Equal([false, true, true, true, false], lines.Select(line => Text(line, "message") != "-"));
        Assert.Equal([true, true, true, false, true], lines.Select(line => long.TryParse(Text(line, "latency"), out var latency) && latency >= 0));
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Logs_RefusalsOfHandshakes_WithTheIdThatTheClientGot()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(backend =>
        {
            var configuration = Configurations.Http(backend, log.LogHere);
            return configuration with { Apis = [configuration.Apis[0] with { AllowedOrigins = ["https://chat.example"] }] };
        });
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("no", 401));
        using var stranger = await gateway.ConnectAsync("/prod", "Origin: https://evil.example");
        using var guest = await gateway.ConnectAsync("/prod", "Origin: https://chat.example");
        var lines = await log.ReadAsync(2);

        Assert.Equal(403, stranger.Status);
        Assert.Equal(401, guest.Status);
        Assert.Equal(["CONNECT", "CONNECT"], lines.Select(line => Text(line, "type")));
        Assert.Equal(["403", "401"], lines.Select(line => Text(line, "status")));
        Assert.Equal(["Forbidden", null], lines.Select(line => line["error"]?.ToString()));
        Assert.Equal(["ACCESS_DENIED", "-"], lines.Select(line => Text(line, "errorType")));
        Assert.Equal(stranger.Header("x-amz-apigw-id"), Text(lines[0], "request"));
        Assert.Equal(guest.Header("x-amz-apigw-id"), Text(lines[1], "request"));
        Assert.Equal("-", Text(lines[0], "latency"));
    }

    [Fact]
    public async Task Logs_ErrorFrames_WithWhatTheClientWasTold()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(backend =>
        {
            var configuration = Configurations.Lambda(log.LogHere);
            var api = configuration.Apis[0];
            return configuration with { Apis = [api with { Routes = [.. api.Routes.Where(route => route.RouteKey is "two")] }] };
        });
        gateway.Backend.Answer = static _ => Task.FromResult(new BackendAnswer(200, "{}"u8.ToArray(), ("X-Amz-Function-Error", "Unhandled")));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"unknown"}""");
        var forbidden = JsonNode.Parse(await client.ReadTextAsync())!;
        await client.SendTextAsync("""{"action":"two"}""");
        var failed = JsonNode.Parse(await client.ReadTextAsync())!;
        var lines = await log.ReadAsync(3);

        Assert.Equal("403", Text(lines[1], "status"));
        Assert.Equal("-", Text(lines[1], "route"));
        Assert.Equal("Forbidden", lines[1]["error"]!.ToString());
        Assert.Equal(forbidden["requestId"]!.ToString(), Text(lines[1], "request"));
        Assert.Equal("-", Text(lines[1], "latency"));
        Assert.Equal("502", Text(lines[2], "status"));
        Assert.Equal("Internal server error", lines[2]["error"]!.ToString());
        Assert.Equal("INTEGRATION_FAILURE", Text(lines[2], "errorType"));
        Assert.Equal(failed["requestId"]!.ToString(), Text(lines[2], "request"));
    }

    [Fact]
    public async Task Logs_CallsOfConnections_AsIfTheyWereRoutes()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Silent(log.LogHere));
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id.ToString();
        var path = $"/prod/@connections/{Uri.EscapeDataString(id)}";
        using var pushed = await gateway.Http.PostAsync(path, new StringContent("hello"), TestContext.Current.CancellationToken);
        using var asked = await gateway.Http.GetAsync(path, TestContext.Current.CancellationToken);
        using var invalid = await gateway.Http.PostAsync("/prod/@connections/nonsense", null, TestContext.Current.CancellationToken);
        using var deleted = await gateway.Http.DeleteAsync(path, TestContext.Current.CancellationToken);
        using var gone = await gateway.Http.PostAsync(path, null, TestContext.Current.CancellationToken);
        var lines = (await log.ReadAsync(7)).Where(line => Text(line, "type") == "CONNECTION_API").ToArray();

        const string Suffix = " /@connections/{connectionId}";
        Assert.Equal(["POST" + Suffix, "GET" + Suffix, "POST" + Suffix, "DELETE" + Suffix, "POST" + Suffix], lines.Select(line => Text(line, "route")));
        Assert.Equal(["200", "200", "400", "204", "410"], lines.Select(line => Text(line, "status")));
        Assert.Equal([id, id, "-", id, id], lines.Select(line => Text(line, "connection")));
        Assert.All(lines, line => Assert.Null(line["error"]));
        Assert.All(lines, line => Assert.Equal("-", Text(line, "connectedAt")));
        Assert.Equal(pushed.Headers.GetValues("x-amz-apigw-id").Single(), Text(lines[0], "request"));
    }

    [Fact]
    public async Task Logs_LastLines_WhenTheApplicationStops()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Silent(log.LogHere));
        using var client = await gateway.ConnectAsync();
        var stopping = gateway.StopAsync();
        var close = await client.ReadCloseAsync();
        await client.SendCloseAsync(close.CloseCode);
        await stopping;

        Assert.Equal(2, (await File.ReadAllLinesAsync(log.Path, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Logs_ToTheNewFile_AfterTheOldOneWasMovedAway()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Silent(log.LogHere));
        using var first = await gateway.ConnectAsync();
        _ = await log.ReadAsync(1);
        File.Move(log.Path, log.Path + ".1");
        using var second = await gateway.ConnectAsync();
        _ = await log.ReadAsync(1);

        Assert.Single(await File.ReadAllLinesAsync(log.Path + ".1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Logs_TwoStages_IntoOneFile()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(_ =>
        {
            var configuration = Configurations.Silent(log.LogHere);
            var api = configuration.Apis[0];
            return configuration with { Apis = [api with { Stages = [api.Stages[0], api.Stages[0] with { Name = "test" }] }] };
        });
        using var one = await gateway.ConnectAsync();
        using var two = await gateway.ConnectAsync("/test");
        var lines = await log.ReadAsync(2);

        Assert.Equal(["CONNECT", "CONNECT"], lines.Select(line => Text(line, "type")));
    }

    private static string Text(JsonObject line, string name) => line[name]!.ToString();
}
