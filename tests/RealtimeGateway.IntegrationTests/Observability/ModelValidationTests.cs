using System.Collections.Immutable;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Observability;

/// <summary>
/// Messages that do not fit never reach the back end
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html).
/// </summary>
public sealed class ModelValidationTests
{
    private const string NeedsText = """{"type":"object","required":["text"],"properties":{"text":{"type":"string","maxLength":5}}}""";

    [Fact]
    public async Task Refuses_MessageThatDoesNotFit_WithoutCallingTheBackEnd()
    {
        using var log = new LogFile();
        await using var gateway = await TestGateway.StartAsync(backend => Validating(Configurations.Http(backend, log.LogHere)));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("ok"));
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id;
        await client.SendTextAsync("""{"action":"two","text":"far too long"}""");
        var frame = await client.ReadTextAsync();
        await client.SendTextAsync("""{"action":"two","text":"short"}""");

        var ids = JsonNode.Parse(frame)!;
        Assert.Equal(
            $$"""{"message": "Bad request body", "connectionId":"{{id}}", "requestId":"{{ids["requestId"]}}", "messageId":"{{ids["messageId"]}}"}""", frame);
        Assert.Equal("ok", await client.ReadTextAsync());
        Assert.Single(gateway.Backend.Of("MESSAGE"));
        var refused = (await log.ReadAsync(3))[1];
        Assert.Equal("400", refused["status"]!.ToString());
        Assert.Equal("two", refused["route"]!.ToString());
        Assert.Equal("BAD_REQUEST_BODY", refused["errorType"]!.ToString());
        Assert.Equal(ids["requestId"]!.ToString(), refused["request"]!.ToString());
        Assert.Equal(ids["messageId"]!.ToString(), refused["message"]!.ToString());
        Assert.StartsWith("[", refused["mistake"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_AnyMessage_WhereValidationIsSwitchedOff()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
        {
            var configuration = Validating(Configurations.Http(backend));
            return configuration with { Apis = [configuration.Apis[0] with { DisableSchemaValidation = true }] };
        });
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("ok"));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"two"}""");

        Assert.Equal("ok", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Refuses_MessageThatNoTemplateTakes_AsUnsupported()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(
            backend, integration: static backend => backend with { Type = IntegrationType.Http, PassthroughBehavior = PassthroughBehavior.Never }));
        // Neither is the handshake taken: nothing says what the back end would get.
        using var client = await gateway.ConnectAsync();

        Assert.Equal(415, client.Status);
        Assert.StartsWith("""{"message": "Unsupported Media Type", "connectionId":""", System.Text.Encoding.UTF8.GetString(client.Body), StringComparison.Ordinal);
        Assert.Empty(gateway.Backend.Calls);
    }

    [Fact]
    public async Task Answers_UnsupportedMediaType_OnTheSocket()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
        {
            var configuration = Configurations.Http(
                backend, integration: static backend => backend with { Type = IntegrationType.Http, PassthroughBehavior = PassthroughBehavior.Never });
            var api = configuration.Apis[0];
            return configuration with { Apis = [api with { Routes = [.. api.Routes.Where(static route => route.RouteKey == "one")] }] };
        });
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"one"}""");
        var frame = await client.ReadTextAsync();

        Assert.Equal(
            $$"""{"message": "Unsupported Media Type", "connectionId":"{{gateway.TheConnection().Id}}", "requestId":"{{JsonNode.Parse(frame)!["requestId"]}}"}""", frame);
        Assert.Empty(gateway.Backend.Calls);
    }

    private static GatewayConfiguration Validating(GatewayConfiguration configuration)
    {
        var api = configuration.Apis[0];
        var models = ImmutableSortedDictionary<string, string>.Empty.Add("$default", "text");
        return configuration with
        {
            Apis = [api with
            {
                Models = [new Model { Name = "text", Schema = NeedsText }],
                Routes = [.. api.Routes.Select(route => route with { RequestModels = models })],
            }],
        };
    }
}
