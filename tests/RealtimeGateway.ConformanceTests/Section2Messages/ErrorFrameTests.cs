using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section2Messages;

/// <summary>
/// What a client is told on its socket when its message fails
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html).
/// </summary>
[Trait("Section", "2.4")]
public sealed class ErrorFrameTests
{
    private const string Schema = """{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","required":["text"],"properties":{"text":{"type":"string"}}}""";

    /// <summary>Each cause has its frame; spaces stand after the first colon and after commas only; the connection stays open.</summary>
    [Theory]
    [InlineData("no route", """{"action":"unknown"}""", "Forbidden")]
    [InlineData("function throws", """{"action":"two"}""", "Internal server error")]
    [InlineData("function throws", """{"action":"one"}""", "Internal server error")]
    [InlineData("not an answer", """{"action":"two"}""", "Internal server error")]
    [InlineData("no permission", """{"action":"two"}""", "Internal server error")]
    [InlineData("cut off", """{"action":"two"}""", "Internal server error")]
    public async Task Answers_WithTheBytesOfAmazon(string cause, string message, string text)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), static api => api with
        {
            Routes = [new Route { RouteKey = "two", Target = "backend", HasRouteResponse = true }, new Route { RouteKey = "one", Target = "backend" }],
        }));
        gateway.Backend.Answer = _ => Task.FromResult(cause switch
        {
            "function throws" => new BackendAnswer(200, """{"errorMessage":"boom","errorType":"Error"}"""u8.ToArray(), ("X-Amz-Function-Error", "Unhandled")),
            "not an answer" => BackendAnswer.Of("\"hello\""),
            "no permission" => new BackendAnswer(403, """{"Message":"no"}"""u8.ToArray(), ("x-amzn-ErrorType", "AccessDeniedException")),
            _ => BackendAnswer.Cut,
        });
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id;
        for (var i = 0; i < 2; i++)
        {
            Assert.Matches($$"""^\{"message": "{{text}}", "connectionId":"{{id}}", "requestId":"[A-Za-z0-9_-]{15}="\}$""", await client.AskAsync(message));
        }
    }

    /// <summary>A message that does not fit its model reaches no back end. The frame names request and message, so that readers of either form are served.</summary>
    [Theory]
    [Trait("Section", "3.9")]
    [InlineData("MOCK", """{"action":"say"}""", false)]
    [InlineData("MOCK", """{"action":"say","text":7}""", false)]
    [InlineData("MOCK", """{"action":"say","text":"hi"}""", true)]
    [InlineData("AWS_PROXY", """{"action":"say"}""", false)]
    [InlineData("AWS_PROXY", """{"action":"say","text":"hi"}""", true)]
    [InlineData("off", """{"action":"say"}""", true)]
    public async Task Answers_BadRequestBody_ToWhatFitsNoModel(string kind, string message, bool fits)
    {
        var integration = kind == "AWS_PROXY" ? Scene.Lambda() : Scene.Mock("taken");
        await using var gateway = await TestGateway.StartAsync(Scene.Of(integration, api => api with
        {
            DisableSchemaValidation = kind == "off",
            Models = [new Model { Name = "Say", Schema = Schema }],
            Routes = [new Route { RouteKey = "say", Target = "backend", HasRouteResponse = true, RequestModels = Scene.Map((Route.Default, "Say")) }],
        }));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200,"body":"taken"}"""));
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id;
        var answer = await client.AskAsync(message);
        if (fits)
        {
            Assert.Equal("taken", answer);
            return;
        }

        Assert.Matches(
            $$"""^\{"message": "Bad request body", "connectionId":"{{id}}", "requestId":"[A-Za-z0-9_-]{15}=", "messageId":"[A-Za-z0-9_-]{18}=="\}$""", answer);
        Assert.Empty(gateway.Backend.Calls);
    }

    /// <summary>The model is chosen by an expression; a key without a model falls back to <c>$default</c>, and without that the message fails.</summary>
    [Theory]
    [Trait("Section", "3.9")]
    [InlineData("""{"action":"say","kind":"text","text":"hi"}""", true, "taken")]
    [InlineData("""{"action":"say","kind":"text"}""", true, "Bad request body")]
    [InlineData("""{"action":"say","kind":"other"}""", true, "taken")]
    [InlineData("""{"action":"say","kind":"other"}""", false, "Bad request body")]
    public async Task Chooses_ModelByExpression(string message, bool hasDefault, string expected)
    {
        var models = Scene.Map(("text", "Say"));
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("taken"), api => api with
        {
            Models = [new Model { Name = "Say", Schema = Schema }, new Model { Name = "Any", Schema = "{}" }],
            Routes =
            [
                new Route
                {
                    RouteKey = "say",
                    Target = "backend",
                    HasRouteResponse = true,
                    ModelSelectionExpression = "$request.body.kind",
                    RequestModels = hasDefault ? models.Add(Route.Default, "Any") : models,
                },
            ],
        }));
        using var client = await gateway.ConnectAsync();
        Assert.Contains(expected, await client.AskAsync(message), StringComparison.Ordinal);
    }

    /// <summary>A value that could forge a header of the back end's request stops the message.</summary>
    [Fact]
    public async Task Answers_InternalServerError_WhenAMappedValueWouldForgeAHeader()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.HttpProxy,
            Uri = "/x",
            RequestParameters = Scene.Map(("integration.request.header.X-Room", "route.request.body.room")),
        }));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("taken"));
        using var client = await gateway.ConnectAsync();

        Assert.StartsWith("""{"message": "Internal server error",""", await client.AskAsync("""{"room":"blue\r\nX-Admin: 1"}"""), StringComparison.Ordinal);
        Assert.Empty(gateway.Backend.Calls);
        Assert.Equal("taken", await client.AskAsync("""{"room":"blue"}"""));
    }
}
