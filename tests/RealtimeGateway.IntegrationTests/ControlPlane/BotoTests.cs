using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Access;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>boto3 makes an API from nothing, and clients talk through it.</summary>
public sealed class BotoTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Boto3_FromNothing_MakesAChatThatWorks()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var boto = await PythonAsync(gateway);
        var chat = await ChatAsync(boto, gateway);

        Assert.StartsWith($"ws://127.0.0.1:{gateway.Port}/{chat.ApiId}", chat.Endpoint, StringComparison.Ordinal);
        gateway.Backend.Answer = static call => Task.FromResult(call.EventType == "MESSAGE" ? BackendAnswer.Of("heard " + call.Text) : BackendAnswer.Ok);
        using var client = await gateway.OpenAsync($"/{chat.ApiId}/prod");
        Assert.Equal(101, client.Status);
        await client.SendTextAsync("""{"action":"say","text":"hello"}""");
        Assert.Equal("""heard {"action":"say","text":"hello"}""", await client.ReadTextAsync());
        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("pong of prod", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Boto3_ChangesOfTheDraft_ReachTrafficWithTheNextDeploymentAndCloseNoSocket()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var boto = await PythonAsync(gateway);
        var chat = await ChatAsync(boto, gateway);
        using var client = await gateway.OpenAsync($"/{chat.ApiId}/prod");

        await AskAsync(boto, "update_integration_response", new()
        {
            ["ApiId"] = chat.ApiId, ["IntegrationId"] = chat.MockId, ["IntegrationResponseId"] = chat.MockResponseId,
            ["ResponseTemplates"] = new JsonObject { ["$default"] = "new pong" },
        });
        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("pong of prod", await client.ReadTextAsync());

        var deployment = await AskAsync(boto, "create_deployment", new() { ["ApiId"] = chat.ApiId, ["StageName"] = "prod" });
        Assert.Equal("DEPLOYED", deployment["DeploymentStatus"]!.ToString());
        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("new pong", await client.ReadTextAsync());

        // Back to the deployment before.
        await AskAsync(boto, "update_stage", new() { ["ApiId"] = chat.ApiId, ["StageName"] = "prod", ["DeploymentId"] = chat.DeploymentId });
        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("pong of prod", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Boto3_StagesOfOneApi_ServeDifferentDeploymentsAndVariables()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var boto = await PythonAsync(gateway);
        var chat = await ChatAsync(boto, gateway);
        await AskAsync(boto, "update_integration_response", new()
        {
            ["ApiId"] = chat.ApiId, ["IntegrationId"] = chat.MockId, ["IntegrationResponseId"] = chat.MockResponseId,
            ["ResponseTemplates"] = new JsonObject { ["$default"] = "beta pong $stageVariables.color" },
        });
        await AskAsync(boto, "create_stage", new()
        {
            ["ApiId"] = chat.ApiId, ["StageName"] = "beta", ["AutoDeploy"] = true, ["StageVariables"] = new JsonObject { ["color"] = "blue" },
        });
        using var prod = await gateway.OpenAsync($"/{chat.ApiId}/prod");
        using var beta = await gateway.OpenAsync($"/{chat.ApiId}/beta");

        await prod.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("pong of prod", await prod.ReadTextAsync());
        await beta.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("beta pong blue", await beta.ReadTextAsync());

        // A stage that deploys by itself follows every change; the other stays.
        await AskAsync(boto, "update_integration_response", new()
        {
            ["ApiId"] = chat.ApiId, ["IntegrationId"] = chat.MockId, ["IntegrationResponseId"] = chat.MockResponseId,
            ["ResponseTemplates"] = new JsonObject { ["$default"] = "third pong" },
        });
        await beta.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("third pong", await beta.ReadTextAsync());
        await prod.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("pong of prod", await prod.ReadTextAsync());
    }

    [Fact]
    public async Task Boto3_DeletesTheStage_ClosesItsSocketsAndTellsTheBackEnd()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var boto = await PythonAsync(gateway);
        var chat = await ChatAsync(boto, gateway);
        using var client = await gateway.OpenAsync($"/{chat.ApiId}/prod");

        await AskAsync(boto, "delete_stage", new() { ["ApiId"] = chat.ApiId, ["StageName"] = "prod" }, status: 204);

        Assert.Equal(1001, (await client.ReadCloseAsync()).CloseCode);
        await client.SendCloseAsync(1001);
        Assert.Equal("DISCONNECT", (await gateway.Backend.NextAsync("DISCONNECT")).EventType);
        using var refused = await gateway.ConnectAsync($"/{chat.ApiId}/prod");
        Assert.Equal(403, refused.Status);
    }

    [Fact]
    public async Task Boto3_AfterARestart_FindsEverythingAsItWas()
    {
        string apiId;
        string before;
        await using (var gateway = await ControlGateway.StartAsync(_directory))
        {
            await using var boto = await PythonAsync(gateway);
            apiId = (await ChatAsync(boto, gateway)).ApiId;

            // The next back end is elsewhere.
            var routes = (await AskAsync(boto, "get_routes", new() { ["ApiId"] = apiId }))["Items"]!.AsArray();
            var connect = routes.Single(route => route!["RouteKey"]!.ToString() == "$connect")!["RouteId"]!.ToString();
            await AskAsync(boto, "delete_route", new() { ["ApiId"] = apiId, ["RouteId"] = connect }, status: 204);
            await AskAsync(boto, "create_deployment", new() { ["ApiId"] = apiId, ["StageName"] = "prod" });
            before = (await AskAsync(boto, "get_routes", new() { ["ApiId"] = apiId })).ToJsonString();
        }

        await using var again = await ControlGateway.StartAsync(_directory);
        await using var boto2 = await PythonAsync(again);
        Assert.Equal(before, (await AskAsync(boto2, "get_routes", new() { ["ApiId"] = apiId })).ToJsonString());
        using var client = await again.OpenAsync($"/{apiId}/prod");
        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal("pong of prod", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Boto3_Pages_ReturnEachItemOnce()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var boto = await PythonAsync(gateway);
        var chat = await ChatAsync(boto, gateway);
        for (var i = 0; i < 7; i++)
        {
            await AskAsync(boto, "create_route", new() { ["ApiId"] = chat.ApiId, ["RouteKey"] = $"extra{i}" }, status: 201);
        }

        var answer = await boto.AskAsync(new() { ["paginate"] = "get_routes", ["size"] = 2, ["arguments"] = new JsonObject { ["ApiId"] = chat.ApiId } });

        var keys = answer["value"]!.AsArray().Select(route => route!["RouteKey"]!.ToString()).ToArray();
        Assert.Equal(["$connect", "$disconnect", "extra0", "extra1", "extra2", "extra3", "extra4", "extra5", "extra6", "ping", "say"], keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Boto3_DomainAndMappings_RouteByHostAndLongestPath()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var boto = await PythonAsync(gateway);
        var chat = await ChatAsync(boto, gateway);
        await AskAsync(boto, "create_domain_name", new()
        {
            ["DomainName"] = "chat.example.com",
            ["DomainNameConfigurations"] = new JsonArray(new JsonObject { ["CertificateArn"] = "arn:aws:acm:us-east-1:000000000000:certificate/1" }),
        });
        await MapAsync("prod", null);
        await AskAsync(boto, "create_stage", new() { ["ApiId"] = chat.ApiId, ["StageName"] = "beta", ["DeploymentId"] = chat.DeploymentId });
        await MapAsync("beta", "rooms/blue");

        Assert.Equal("pong of prod", await PingAsync("/"));
        Assert.Equal("pong of beta", await PingAsync("/rooms/blue"));
        Assert.Equal("pong of beta", await PingAsync("/rooms/blue/"));
        using var nothing = await ConnectAsync("/rooms/green");
        Assert.Equal(403, nothing.Status);

        // @connections is below the mapping, and the default endpoint can be switched off.
        using var client = await ConnectAsync("/rooms/blue");
        var id = "";
        foreach (var (_, connection) in gateway.Connections)
        {
            id = connection.IsOpen && connection.Identity.StageName == "beta" ? connection.Id.ToString() : id;
        }

        using var http = new HttpClient();
        using var post = new HttpRequestMessage(HttpMethod.Post, $"{gateway.Url}/rooms/blue/@connections/{Uri.EscapeDataString(id)}")
        {
            Headers = { Host = "chat.example.com" },
            Content = new StringContent("pushed"),
        };
        Assert.Equal(200, (int)(await http.SendAsync(post, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("pushed", await client.ReadTextAsync());

        await AskAsync(boto, "update_api", new() { ["ApiId"] = chat.ApiId, ["DisableExecuteApiEndpoint"] = true });
        await AskAsync(boto, "create_deployment", new() { ["ApiId"] = chat.ApiId, ["StageName"] = "prod" });
        using var disabled = await gateway.ConnectAsync($"/{chat.ApiId}/prod");
        Assert.Equal(403, disabled.Status);
        Assert.Equal("pong of prod", await PingAsync("/"));

        Task<JsonNode> MapAsync(string stage, string? key)
        {
            JsonObject arguments = new() { ["DomainName"] = "chat.example.com", ["ApiId"] = chat.ApiId, ["Stage"] = stage };
            if (key is not null)
            {
                arguments["ApiMappingKey"] = key;
            }

            return AskAsync(boto, "create_api_mapping", arguments);
        }

        async Task<string> PingAsync(string path)
        {
            using var socket = await ConnectAsync(path);
            Assert.Equal(101, socket.Status);
            await socket.SendTextAsync("""{"action":"ping"}""");
            var text = await socket.ReadTextAsync();
            await socket.CloseAsync();
            return text;
        }

        async Task<RawWebSocket> ConnectAsync(string path)
        {
            var socket = await RawWebSocket.OpenAsync(gateway.Port);
            await socket.SendBytesAsync(System.Text.Encoding.Latin1.GetBytes(
                RawWebSocket.Request(gateway.Port, path).Replace($"Host: 127.0.0.1:{gateway.Port}", $"Host: chat.example.com:{gateway.Port}", StringComparison.Ordinal)));
            await socket.ReadHeadAsync();
            return socket;
        }
    }

    private static Task<Script> PythonAsync(ControlGateway gateway) =>
        Script.PythonAsync(gateway.Url, "AKIDEXAMPLE", "a-made-up-secret", script: "control.py");

    private static async Task<JsonNode> AskAsync(Script boto, string operation, JsonObject arguments, int? status = null)
    {
        var answer = await boto.AskAsync(new() { ["operation"] = operation, ["arguments"] = arguments });
        Assert.True(answer["event"]!.ToString() == "result", answer.ToJsonString());
        if (status is { } expected)
        {
            Assert.Equal(expected, answer["status"]!.GetValue<int>());
        }

        return answer["value"]!;
    }

    /// <summary>$connect, $disconnect and "say" go to the back end, "ping" to a MOCK; stage prod.</summary>
    private static async Task<Chat> ChatAsync(Script boto, ControlGateway gateway)
    {
        var api = await AskAsync(boto, "create_api", new()
        {
            ["Name"] = "chat", ["ProtocolType"] = "WEBSOCKET", ["RouteSelectionExpression"] = "$request.body.action",
        }, status: 201);
        var apiId = api["ApiId"]!.ToString();
        var http = await AskAsync(boto, "create_integration", new()
        {
            ["ApiId"] = apiId, ["IntegrationType"] = "HTTP_PROXY", ["IntegrationMethod"] = "POST", ["IntegrationUri"] = gateway.Backend.Uri.AbsoluteUri,
        }, status: 201);
        var mock = await AskAsync(boto, "create_integration", new()
        {
            ["ApiId"] = apiId, ["IntegrationType"] = "MOCK", ["RequestTemplates"] = new JsonObject { ["$default"] = """{"statusCode":200}""" },
            ["TemplateSelectionExpression"] = "$default",
        });
        var mockId = mock["IntegrationId"]!.ToString();
        var response = await AskAsync(boto, "create_integration_response", new()
        {
            ["ApiId"] = apiId, ["IntegrationId"] = mockId, ["IntegrationResponseKey"] = "$default",
            ["ResponseTemplates"] = new JsonObject { ["$default"] = "pong of $context.stage" },
        }, status: 201);
        foreach (var (key, target) in new[] { ("$connect", http), ("$disconnect", http), ("say", http), ("ping", mock) })
        {
            var route = await AskAsync(boto, "create_route", new()
            {
                ["ApiId"] = apiId, ["RouteKey"] = key, ["Target"] = $"integrations/{target["IntegrationId"]}",
            }, status: 201);
            if (key is "say" or "ping")
            {
                await AskAsync(boto, "create_route_response", new()
                {
                    ["ApiId"] = apiId, ["RouteId"] = route["RouteId"]!.ToString(), ["RouteResponseKey"] = "$default",
                }, status: 201);
            }
        }

        await AskAsync(boto, "create_stage", new() { ["ApiId"] = apiId, ["StageName"] = "prod" }, status: 201);
        var deployment = await AskAsync(boto, "create_deployment", new() { ["ApiId"] = apiId, ["StageName"] = "prod" }, status: 201);
        return new(apiId, api["ApiEndpoint"]!.ToString(), mockId, response["IntegrationResponseId"]!.ToString(), deployment["DeploymentId"]!.ToString());
    }

    private sealed record Chat(string ApiId, string Endpoint, string MockId, string MockResponseId, string DeploymentId);
}
