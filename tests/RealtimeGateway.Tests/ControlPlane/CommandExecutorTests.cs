using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.Tests.ControlPlane;

public sealed class CommandExecutorTests
{
    private const string ChatApi = """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}""";

    [Fact]
    public async Task Deploy_OneOfManyApis_CompilesOnlyThatStage()
    {
        await using var bench = await ControlBench.StartAsync();
        var (first, _) = await ChatAsync(bench);
        var (second, route) = await ChatAsync(bench);
        var before = bench.Stages.Table.Find(ApiId.Parse(first), "prod")!.Current;
        var changed = bench.Stages.Table.Find(ApiId.Parse(second), "prod")!;
        var old = changed.Current;

        await bench.DoAsync("PATCH", $"/v2/apis/{second}/routes/{route}", """{"routeKey":"shout"}""");
        Assert.Same(old, changed.Current);
        await bench.DoAsync("POST", $"/v2/apis/{second}/deployments", """{"stageName":"prod"}""");

        Assert.Same(before, bench.Stages.Table.Find(ApiId.Parse(first), "prod")!.Current);
        Assert.NotSame(old, changed.Current);
        Assert.NotNull(changed.Current.Routes.Select("""{"action":"shout"}"""u8));
        Assert.Null(changed.Current.Routes.Select("""{"action":"say"}"""u8));
    }

    [Fact]
    public async Task Run_StoreWrittenByAnotherNode_DecidesAgainOnWhatIsTrueNow()
    {
        var store = new MemoryApiStore();
        await using var bench = await ControlBench.StartAsync(store: store);
        await using var other = await ControlBench.StartAsync(store: store);
        var (api, _) = await ChatAsync(bench);
        await other.Executor.LoadAsync(TestContext.Current.CancellationToken);
        store.BeforeWrite = () =>
        {
            store.BeforeWrite = null;
            other.DoAsync("POST", $"/v2/apis/{api}/routes", """{"routeKey":"mine"}""").GetAwaiter().GetResult();
        };

        var refused = await bench.CallAsync("POST", $"/v2/apis/{api}/routes", System.Text.Json.Nodes.JsonNode.Parse("""{"routeKey":"mine"}"""));

        Assert.Equal((409, "ConflictException"), (refused.Status, refused.ErrorType));
        Assert.Single(bench.Executor.State.List<RouteResource>($"apis/{api}/routes"), route => route.RouteKey == "mine");
    }

    [Fact]
    public async Task Load_BrokenDocuments_LeavesThemOutAndServesTheRest()
    {
        var store = new MemoryApiStore();
        await using var writer = await ControlBench.StartAsync(store: store);
        var (api, _) = await ChatAsync(writer);
        var revision = (await store.LoadAsync(TestContext.Current.CancellationToken)).Revision;
        await store.WriteAsync(
            revision,
            [
                new("apis/a1b2c3d4e5", "{\"name\":"u8.ToArray()), new("apis/a1b2c3d4e6", "null"u8.ToArray()), new("apis/a1b2c3d4e7", "[1]"u8.ToArray()),
                new("nowhere", "{}"u8.ToArray()), new("", "{}"u8.ToArray()), new("unknown/x", "{}"u8.ToArray()),
                new("apis/gone/routes/r", "{\"routeId\":\"r\",\"routeKey\":\"x\"}"u8.ToArray()),
            ],
            TestContext.Current.CancellationToken);

        await using var reader = await ControlBench.StartAsync(store: store);

        Assert.Equal(api, Assert.Single(reader.Executor.State.List<ApiResource>("apis")).ApiId);
        Assert.NotNull(reader.Stages.Table.Find(ApiId.Parse(api), "prod"));
    }

    [Fact]
    public async Task Load_UnchangedDocuments_KeepsTheirStagesCompiled()
    {
        await using var bench = await ControlBench.StartAsync();
        var (api, _) = await ChatAsync(bench);
        var before = bench.Stages.Table.Find(ApiId.Parse(api), "prod")!.Current;

        await bench.Executor.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Same(before, bench.Stages.Table.Find(ApiId.Parse(api), "prod")!.Current);
    }

    [Fact]
    public async Task Deploy_WhatCannotBeServed_IsRefusedAndChangesNothing()
    {
        await using var bench = await ControlBench.StartAsync();
        var (api, _) = await ChatAsync(bench);
        await bench.DoAsync("POST", $"/v2/apis/{api}/integrations", """{"integrationType":"HTTP_PROXY","integrationUri":"http://${stageVariables.host}/"}""");
        var before = (await bench.Store.LoadAsync(TestContext.Current.CancellationToken)).Revision;

        var refused = await bench.CallAsync("POST", $"/v2/apis/{api}/deployments", System.Text.Json.Nodes.JsonNode.Parse("""{"stageName":"prod"}"""));

        Assert.Equal((400, "BadRequestException"), (refused.Status, refused.ErrorType));
        Assert.Contains("host", refused.Body!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, (await bench.Store.LoadAsync(TestContext.Current.CancellationToken)).Revision);

        await bench.DoAsync("PATCH", $"/v2/apis/{api}/stages/prod", """{"stageVariables":{"host":"10.0.0.1"}}""");
        await bench.DoAsync("POST", $"/v2/apis/{api}/deployments", """{"stageName":"prod"}""");
    }

    [Fact]
    public async Task AutoDeploy_BadThenGoodChange_TellsThenMoves()
    {
        await using var bench = await ControlBench.StartAsync();
        var (api, _) = await ChatAsync(bench);
        await bench.DoAsync("POST", $"/v2/apis/{api}/stages", """{"stageName":"auto","autoDeploy":true}""");
        var first = await bench.DoAsync("GET", $"/v2/apis/{api}/stages/auto");
        Assert.NotNull(first["deploymentId"]);

        await bench.DoAsync("POST", $"/v2/apis/{api}/integrations", """{"integrationType":"HTTP_PROXY","integrationUri":"http://${stageVariables.host}/"}""");
        var failed = await bench.DoAsync("GET", $"/v2/apis/{api}/stages/auto");
        Assert.Equal(first["deploymentId"]!.ToString(), failed["deploymentId"]!.ToString());
        Assert.StartsWith("Deployment attempt failed: ", failed["lastDeploymentStatusMessage"]!.ToString(), StringComparison.Ordinal);

        await bench.DoAsync("PATCH", $"/v2/apis/{api}/stages/auto", """{"stageVariables":{"host":"10.0.0.1"}}""");
        await bench.DoAsync("POST", $"/v2/apis/{api}/routes", """{"routeKey":"more"}""");
        var moved = await bench.DoAsync("GET", $"/v2/apis/{api}/stages/auto");
        Assert.NotEqual(first["deploymentId"]!.ToString(), moved["deploymentId"]!.ToString());
        Assert.NotNull(bench.Stages.Table.Find(ApiId.Parse(api), "auto")!.Current.Routes.Select("""{"action":"more"}"""u8));

        // The one before is gone: nobody asked for it.
        var deployments = (await bench.DoAsync("GET", $"/v2/apis/{api}/deployments"))["items"]!.AsArray();
        Assert.Single(deployments, deployment => deployment!["autoDeployed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Configuration_IsShownAndCannotBeChanged()
    {
        var configuration = new GatewayConfiguration
        {
            Apis =
            [
                new Api
                {
                    Id = ApiId.Parse("file"),
                    Integrations = [new Integration { Id = "pong", Type = IntegrationType.Mock, Responses = [new() { Key = "$default" }] }],
                    Routes = [new Route { RouteKey = "ping", Target = "pong", HasRouteResponse = true }],
                    Stages = [new Stage { Name = "prod" }],
                },
            ],
        };
        await using var bench = await ControlBench.StartAsync(configuration);

        var apis = await bench.DoAsync("GET", "/v2/apis");
        Assert.Equal("file", Assert.Single(apis["items"]!.AsArray())!["apiId"]!.ToString());
        var route = Assert.Single((await bench.DoAsync("GET", "/v2/apis/file/routes"))["items"]!.AsArray())!;
        var id = route["routeId"]!.ToString();
        Assert.Equal("ping", (await bench.DoAsync("GET", $"/v2/apis/file/routes/{id}"))["routeKey"]!.ToString());
        var target = route["target"]!.ToString();
        Assert.Equal("MOCK", (await bench.DoAsync("GET", $"/v2/apis/file/{target}"))["integrationType"]!.ToString());
        foreach (var (method, path, body) in new[]
        {
            ("PATCH", "/v2/apis/file", """{"name":"mine"}"""),
            ("DELETE", "/v2/apis/file", "{}"),
            ("POST", "/v2/apis/file/routes", """{"routeKey":"x"}"""),
            ("DELETE", $"/v2/apis/file/routes/{id}", "{}"),
            ("POST", "/v2/apis/file/deployments", """{"stageName":"prod"}"""),
            ("PATCH", "/v2/apis/file/stages/prod", """{"description":"mine"}"""),
            ("POST", "/v2/tags/arn:aws:apigateway:us-east-1::%2Fapis%2Ffile", """{"tags":{"a":"b"}}"""),
        })
        {
            var refused = await bench.CallAsync(method, path, System.Text.Json.Nodes.JsonNode.Parse(body));
            Assert.Equal((400, "BadRequestException"), (refused.Status, refused.ErrorType));
            if (path != "/v2/apis/file/deployments")
            {
                Assert.Contains("'apis/file' is defined by the configuration file gateway.yaml", refused.Body!["message"]!.ToString(), StringComparison.Ordinal);
            }
        }

        // What tools make lives beside it.
        var (api, _) = await ChatAsync(bench);
        Assert.NotNull(bench.Stages.Table.Find(ApiId.Parse(api), "prod"));
        Assert.NotNull(bench.Stages.Table.Find(ApiId.Parse("file"), "prod"));
        Assert.Empty(bench.Gateway.Apply(GatewayConfiguration.Empty));
        Assert.Null(bench.Stages.Table.Find(ApiId.Parse("file"), "prod"));
        Assert.NotNull(bench.Stages.Table.Find(ApiId.Parse(api), "prod"));
    }

    [Fact]
    public async Task Update_EmptyTexts_TakeMembersAway()
    {
        await using var bench = await ControlBench.StartAsync();
        var (api, route) = await ChatAsync(bench);
        await bench.DoAsync("PATCH", $"/v2/apis/{api}", """{"description":"a","version":"1"}""");
        var cleared = await bench.DoAsync("PATCH", $"/v2/apis/{api}", """{"description":"","version":null}""");
        Assert.Null(cleared["description"]);
        Assert.Equal("1", cleared["version"]!.ToString());

        await bench.DoAsync("PATCH", $"/v2/apis/{api}/stages/prod", """{"stageVariables":{"a":"1","b":"2"},"defaultRouteSettings":{"throttlingRateLimit":5}}""");
        var stage = await bench.DoAsync("PATCH", $"/v2/apis/{api}/stages/prod", """{"stageVariables":{"a":"","c":"3"},"defaultRouteSettings":{"throttlingBurstLimit":2}}""");
        Assert.Equal("""{"b":"2","c":"3"}""", stage["stageVariables"]!.ToJsonString());
        Assert.Equal(
            """{"dataTraceEnabled":false,"detailedMetricsEnabled":false,"loggingLevel":"OFF","throttlingBurstLimit":2,"throttlingRateLimit":5}""",
            stage["defaultRouteSettings"]!.ToJsonString());

        Assert.Null((await bench.DoAsync("PATCH", $"/v2/apis/{api}/routes/{route}", """{"target":""}"""))["target"]);
    }

    [Fact]
    public async Task Create_Defaults_AreThoseOfAws()
    {
        await using var bench = await ControlBench.StartAsync();
        var api = await bench.DoAsync("POST", "/v2/apis", ChatApi);
        var id = api["apiId"]!.ToString();
        Assert.Equal(
            $$$"""{"apiEndpoint":"ws://localhost:8080/{{{id}}}","apiId":"{{{id}}}","apiKeySelectionExpression":"$request.header.x-api-key","createdDate":"2026-01-02T03:04:05Z","disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action","tags":{}}""",
            api.ToJsonString());
        var stage = await bench.DoAsync("POST", $"/v2/apis/{id}/stages", """{"stageName":"prod"}""");
        Assert.Equal(
            """{"autoDeploy":false,"createdDate":"2026-01-02T03:04:05Z","defaultRouteSettings":{"dataTraceEnabled":false,"detailedMetricsEnabled":false,"loggingLevel":"OFF"},"lastUpdatedDate":"2026-01-02T03:04:05Z","routeSettings":{},"stageName":"prod","stageVariables":{},"tags":{}}""",
            stage.ToJsonString());
        var domain = await bench.DoAsync("POST", "/v2/domainnames", """{"domainName":"chat.example.com"}""");
        Assert.Equal("arn:aws:apigateway:eu-west-1::/domainnames/chat.example.com", domain["domainNameArn"]!.ToString());
        Assert.Equal("AVAILABLE", Assert.Single(domain["domainNameConfigurations"]!.AsArray())!["domainNameStatus"]!.ToString());
    }

    private static async Task<(string Api, string Route)> ChatAsync(ControlBench bench)
    {
        var api = (await bench.DoAsync("POST", "/v2/apis", ChatApi))["apiId"]!.ToString();
        var mock = (await bench.DoAsync("POST", $"/v2/apis/{api}/integrations", """{"integrationType":"MOCK"}"""))["integrationId"]!.ToString();
        var route = await bench.DoAsync("POST", $"/v2/apis/{api}/routes", $$"""{"routeKey":"say","target":"integrations/{{mock}}"}""");
        await bench.DoAsync("POST", $"/v2/apis/{api}/stages", """{"stageName":"prod"}""");
        await bench.DoAsync("POST", $"/v2/apis/{api}/deployments", """{"stageName":"prod"}""");
        return (api, route["routeId"]!.ToString());
    }
}
