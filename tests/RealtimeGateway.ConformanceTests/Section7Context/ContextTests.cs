using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section7Context;

/// <summary>
/// The variables of <c>$context</c>
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mapping-template-reference.html).
/// </summary>
[Trait("Section", "7.1")]
public sealed class ContextTests
{
    private const string Template = """
        {"connectionId":"$context.connectionId","connectedAt":"$context.connectedAt","domainName":"$context.domainName","eventType":"$context.eventType",
        "messageId":"$context.messageId","routeKey":"$context.routeKey","requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId",
        "apiId":"$context.apiId","stage":"$context.stage","sourceIp":"$context.identity.sourceIp","userAgent":"$context.identity.userAgent",
        "requestTime":"$context.requestTime","requestTimeEpoch":"$context.requestTimeEpoch","messageDirection":"$context.messageDirection",
        "principalId":"$!context.authorizer.principalId","accountId":"$!context.identity.accountId","error":"$!context.error.message"}
        """;

    [Fact]
    public async Task Shows_EveryVariable_OfAMessage()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 3, 4, 120, TimeSpan.Zero));
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock(Template)), clock);
        using var client = await gateway.ConnectAsync("/prod", "User-Agent: demo-client/1.0");
        clock.Advance(TimeSpan.FromMilliseconds(4884));
        var shown = JsonNode.Parse(await client.AskAsync("x"))!.AsObject().ToDictionary(static member => member.Key, static member => member.Value!.ToString());

        Assert.Equal(gateway.TheConnection().Id.ToString(), shown["connectionId"]);
        Assert.Matches("^[A-Za-z0-9_-]{18}==$", shown["messageId"]);
        Assert.NotEqual(shown["connectionId"], shown["messageId"]);
        Assert.Matches("^[A-Za-z0-9_-]{15}=$", shown["requestId"]);
        Assert.Equal(shown["requestId"], shown["extendedRequestId"]);
        Assert.Equal(
            [
                "chat", "1790294584120", $"127.0.0.1:{gateway.Port}", "MESSAGE", "$default", "prod", "127.0.0.1", "demo-client/1.0", "25/Sep/2026:00:03:09 +0000",
                "1790294589004", "IN", "", "", "",
            ],
            [
                shown["apiId"], shown["connectedAt"], shown["domainName"], shown["eventType"], shown["routeKey"], shown["stage"], shown["sourceIp"],
                shown["userAgent"], shown["requestTime"], shown["requestTimeEpoch"], shown["messageDirection"], shown["principalId"], shown["accountId"],
                shown["error"],
            ]);
    }

    /// <summary>The API key that the client came with is known for the life of the connection.</summary>
    [Fact]
    public async Task Shows_ApiKey()
    {
        var make = Scene.Of(Scene.Mock("$context.identity.apiKeyId $context.identity.apiKey"), static api => api with
        {
            Routes = [.. api.Routes, new Route { RouteKey = Route.Connect, ApiKeyRequired = true }],
        });
        await using var gateway = await TestGateway.StartAsync(backend => make(backend) with
        {
            ApiKeys = [new ApiKey { Id = "ann", Value = "the-key-of-ann-is-not-secret" }],
            UsagePlans = [new UsagePlan { Id = "free", Stages = ["chat/prod"], Keys = ["ann"] }],
        });
        using var client = await gateway.ConnectAsync("/prod", "x-api-key: the-key-of-ann-is-not-secret");
        Assert.Equal("ann the-key-of-ann-is-not-secret", await client.AskAsync("x"));
    }

    /// <summary>Each event has a request id of its own, and a connection never opens after its event's time.</summary>
    [Fact]
    [Trait("Section", "1.6")]
    public async Task Numbers_EveryEventAnew()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("$context.requestId $context.messageId $context.connectedAt $context.requestTimeEpoch")));
        using var client = await gateway.ConnectAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 20; i++)
        {
            var parts = (await client.AskAsync("x")).Split(' ');
            Assert.True(seen.Add(parts[0]));
            Assert.True(seen.Add(parts[1]));
            Assert.True(long.Parse(parts[2], CultureInfo.InvariantCulture) <= long.Parse(parts[3], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// Stage variables are seen by mappings, templates, URLs and events
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html).
    /// </summary>
    [Fact]
    [Trait("Section", "7.4")]
    public async Task Uses_StageVariables_InTheUrl()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.HttpProxy, Uri = "/${stageVariables.version}/messages" },
            stage: static stage => stage with { Variables = Scene.Map(("version", "v7")) }));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.RawTarget));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("/v7/messages", await client.AskAsync("x"));
    }

    /// <summary>A variable that the stage lacks is told when the API is made.</summary>
    [Fact]
    [Trait("Section", "7.4")]
    public async Task Refuses_MissingStageVariables()
    {
        await Assert.ThrowsAnyAsync<Exception>(static () => TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.HttpProxy, Uri = "http://127.0.0.1/${stageVariables.missing}" })));
    }
}
