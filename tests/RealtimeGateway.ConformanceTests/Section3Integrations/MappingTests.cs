using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section3Integrations;

/// <summary>
/// Request parameters, source by source and target by target
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html).
/// </summary>
[Trait("Section", "3.6")]
public sealed class MappingTests
{
    private const string Body = """{"action":"say","text":"h\u00e9, you","n":1.50,"deep":{"list":[1, {"a":"b"}]},"none":null}""";

    /// <summary>Every source that a message has, into a header.</summary>
    [Theory]
    [InlineData(IntegrationType.HttpProxy, "route.request.body.action", "say")]
    [InlineData(IntegrationType.Http, "route.request.body.action", "say")]
    [InlineData(IntegrationType.HttpProxy, "route.request.body.n", "1.50")]
    [InlineData(IntegrationType.HttpProxy, "route.request.body.deep.list[1].a", "b")]
    [InlineData(IntegrationType.HttpProxy, "route.request.body.deep.list", """[1,{"a":"b"}]""")]
    [InlineData(IntegrationType.HttpProxy, "route.request.body.missing", null)]
    [InlineData(IntegrationType.HttpProxy, "stageVariables.backend", "v7")]
    [InlineData(IntegrationType.HttpProxy, "stageVariables.missing", null)]
    [InlineData(IntegrationType.HttpProxy, "context.routeKey", "$default")]
    [InlineData(IntegrationType.HttpProxy, "context.eventType", "MESSAGE")]
    [InlineData(IntegrationType.HttpProxy, "context.apiId", "chat")]
    [InlineData(IntegrationType.HttpProxy, "context.stage", "prod")]
    [InlineData(IntegrationType.HttpProxy, "context.identity.sourceIp", "127.0.0.1")]
    [InlineData(IntegrationType.HttpProxy, "context.authorizer.principalId", null)]
    [InlineData(IntegrationType.HttpProxy, "'static, text'", "static, text")]
    [InlineData(IntegrationType.Http, "'application/json'", "application/json")]
    public async Task Maps_Source_OfAMessage(IntegrationType type, string source, string? value)
    {
        await using var gateway = await StartAsync(type, Route.Default, ("integration.request.header.X-Mapped", source));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync(Body);
        var call = await gateway.Backend.NextAsync();

        Assert.Equal(value, call.Headers.TryGetValue("X-Mapped", out var mapped) ? mapped.ToString() : null);
        Assert.Equal(Body, call.Text);
        // Where an author maps, nothing else is told.
        Assert.DoesNotContain(call.Headers.Keys, static name => name.StartsWith("x-rg-", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The connection id is the one mapping that everybody needs.</summary>
    [Fact]
    public async Task Maps_ConnectionAndMessageIds()
    {
        await using var gateway = await StartAsync(
            IntegrationType.HttpProxy, Route.Default,
            ("integration.request.header.connectionId", "context.connectionId"), ("integration.request.header.X-Message", "context.messageId"),
            ("integration.request.header.X-Request", "context.requestId"), ("integration.request.header.X-Extended", "context.extendedRequestId"));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync(Body);
        var headers = (await gateway.Backend.NextAsync()).Headers;

        Assert.Equal(gateway.TheConnection().Id.ToString(), headers["connectionId"].ToString());
        Assert.Matches("^[A-Za-z0-9_-]{18}==$", headers["X-Message"].ToString());
        Assert.Matches("^[A-Za-z0-9_-]{15}=$", headers["X-Request"].ToString());
        Assert.Equal(headers["X-Request"], headers["X-Extended"]);
    }

    /// <summary>The whole body, and a part of it, as query parameters and in the path, where nothing can leave its place.</summary>
    [Fact]
    public async Task Maps_IntoQueryAndPath()
    {
        await using var gateway = await StartAsync(
            IntegrationType.HttpProxy, Route.Default,
            ("integration.request.querystring.text", "route.request.body.text"), ("integration.request.path.room", "route.request.body.action"),
            ("integration.request.querystring.all", "route.request.body"));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync(Body);
        Assert.Equal($"/rooms/say/messages?all={Uri.EscapeDataString(Body)}&text=h%C3%A9%2C%20you", (await gateway.Backend.NextAsync()).RawTarget);

        await client.SendTextAsync("""{"action":"../admin?x#","text":"t"}""");
        Assert.StartsWith("/rooms/..%2Fadmin%3Fx%23/messages?", (await gateway.Backend.NextAsync()).RawTarget, StringComparison.Ordinal);
    }

    /// <summary>Header and query sources exist while the client connects; of several values the last counts unless all are asked for.</summary>
    [Theory]
    [InlineData("route.request.header.x-many", "two")]
    [InlineData("route.request.header.X-MANY", "two")]
    [InlineData("route.request.multivalueheader.X-Many", "one,two")]
    [InlineData("route.request.querystring.tag", "b c")]
    [InlineData("route.request.multivaluequerystring.tag", "a,b c")]
    [InlineData("route.request.querystring.Tag", null)]
    [InlineData("route.request.header.X-None", null)]
    [InlineData("context.connectionId", "*")]
    [InlineData("stageVariables.backend", "v7")]
    public async Task Maps_Source_OfConnect(string source, string? value)
    {
        await using var gateway = await StartAsync(IntegrationType.HttpProxy, Route.Connect, ("integration.request.header.X-Mapped", source));
        using var client = await gateway.ConnectAsync("/prod?tag=a&tag=b+c", "X-Many: one", "X-Many: two");
        Assert.Equal(101, client.Status);
        var call = await gateway.Backend.NextAsync();

        var mapped = call.Headers.TryGetValue("X-Mapped", out var values) ? string.Join(',', values.SelectMany(static one => one!.Split(", "))) : null;
        Assert.Equal(value == "*" ? gateway.TheConnection().Id.ToString() : value, mapped);
    }

    /// <summary>A header mapped for a function is one of the Invoke call.</summary>
    [Fact]
    public async Task Maps_IntoTheInvokeCall()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Aws,
            Uri = Configurations.FunctionArn,
            RequestParameters = Scene.Map(("integration.request.header.X-Amz-Client-Context", "'e30='")),
        }));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("{}"));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("{}", await client.AskAsync(Body));
        Assert.Equal("e30=", (await gateway.Backend.NextAsync()).Headers["X-Amz-Client-Context"].ToString());
    }

    /// <summary>What cannot be mapped is refused when the API is made.</summary>
    [Theory]
    [InlineData(Route.Default, "integration.request.header.X", "route.request.header.X")]
    [InlineData(Route.Default, "integration.request.header.X", "route.request.querystring.x")]
    [InlineData(Route.Connect, "integration.request.header.X", "route.request.body.x")]
    [InlineData(Route.Default, "integration.request.header.X", "route.request.body..x")]
    [InlineData(Route.Default, "integration.request.header.X", "unquoted text")]
    [InlineData(Route.Default, "integration.request.header.not a name", "'x'")]
    [InlineData(Route.Default, "request.header.X", "'x'")]
    public async Task Refuses_WhatIsNoMapping(string route, string target, string source)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(IntegrationType.HttpProxy, route, (target, source)));
    }

    private static Task<TestGateway> StartAsync(IntegrationType type, string route, params (string Target, string Source)[] mappings) => TestGateway.StartAsync(Scene.Of(
        new Integration { Id = "backend", Type = type, Uri = "/rooms/{room}/messages", RequestParameters = Scene.Map(mappings) },
        api => api with { Routes = [new Route { RouteKey = route, Target = "backend" }] },
        static stage => stage with { Variables = Scene.Map(("backend", "v7")) }));
}
