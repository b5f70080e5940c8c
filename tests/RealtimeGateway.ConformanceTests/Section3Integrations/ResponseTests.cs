using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section3Integrations;

/// <summary>
/// How answers of non-proxy integrations become frames
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html).
/// </summary>
[Trait("Section", "3.8")]
public sealed class ResponseTests
{
    private static readonly IntegrationResponse[] ByStatus =
    [
        Response(@"/4\d\d/", """{"client":"$input.path('$.why')"}"""),
        Response("/503/", "later"),
        Response(Route.Default, """{"ok":$input.json('$')}"""),
    ];

    private static readonly IntegrationResponse[] ByError =
    [
        Response("/^NOT_FOUND.*/", """{"missing":"$input.path('$.errorMessage')"}"""),
        Response("/(?i).*denied.*/", "no"),
        Response(Route.Default, """{"ok":$input.json('$')}"""),
    ];

    /// <summary>HTTP answers are told apart by their status.</summary>
    [Theory]
    [InlineData(200, """{"a":1}""", """{"ok":{"a":1}}""")]
    [InlineData(404, """{"why":"gone"}""", """{"client":"gone"}""")]
    [InlineData(503, "anything", "later")]
    [InlineData(500, """{"a":2}""", """{"ok":{"a":2}}""")]
    public async Task Chooses_ByStatus_OfHttp(int status, string body, string frame)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.Http, Uri = "/x", Responses = [.. ByStatus] }));
        gateway.Backend.Answer = _ => Task.FromResult(BackendAnswer.Of(body, status));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(frame, await client.AskAsync("{}"));
    }

    /// <summary>A mock's answers by the status that its request template names; <c>$input</c> is then the message.</summary>
    [Theory]
    [InlineData("""{"code":404,"why":"gone"}""", """{"client":"gone"}""")]
    [InlineData("""{"code":503}""", "later")]
    [InlineData("""{"code":200}""", """{"ok":{"code":200}}""")]
    public async Task Chooses_ByStatus_OfAMock(string message, string frame)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Mock,
            RequestTemplates = Scene.Map((Route.Default, """{"statusCode": $input.json('$.code')}""")),
            Responses = [.. ByStatus],
        }));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(frame, await client.AskAsync(message));
    }

    /// <summary>Functions are told apart by the message of the error that they throw; success has none, so it is <c>$default</c>.</summary>
    [Theory]
    [InlineData(null, """{"a":1}""", """{"ok":{"a":1}}""")]
    [InlineData("Unhandled", """{"errorMessage":"NOT_FOUND: room 7","errorType":"Error"}""", """{"missing":"NOT_FOUND: room 7"}""")]
    [InlineData("Handled", """{"errorMessage":"access denied"}""", "no")]
    [InlineData("Unhandled", """{"errorMessage":"other"}""", """{"ok":{"errorMessage":"other"}}""")]
    public async Task Chooses_ByErrorMessage_OfAFunction(string? error, string body, string frame)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.Aws, Uri = Configurations.FunctionArn, Responses = [.. ByError] }));
        gateway.Backend.Answer = _ => Task.FromResult(error is null
            ? BackendAnswer.Of(body)
            : new BackendAnswer(200, System.Text.Encoding.UTF8.GetBytes(body), ("X-Amz-Function-Error", error)));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(frame, await client.AskAsync("{}"));
    }

    /// <summary>A response's template is chosen by status, header or message.</summary>
    [Theory]
    [InlineData("${integration.response.statuscode}", 201, "by status")]
    [InlineData("${integration.response.header.X-Kind}", 200, "by header")]
    [InlineData("$request.body.kind", 200, "by message")]
    [InlineData("${integration.response.header.X-None}", 200, "default")]
    public async Task Chooses_TemplateByExpression(string expression, int status, string frame)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Http,
            Uri = "/x",
            Responses =
            [
                new IntegrationResponse
                {
                    Key = Route.Default,
                    TemplateSelectionExpression = expression,
                    ResponseTemplates = Scene.Map(("201", "by status"), ("special", "by header"), ("mine", "by message"), (Route.Default, "default")),
                },
            ],
        }));
        gateway.Backend.Answer = _ => Task.FromResult(new BackendAnswer(status, [], ("X-Kind", "special")));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(frame, await client.AskAsync("""{"kind":"mine"}"""));
    }

    /// <summary>A one-way route sends nothing, whatever the integration; <c>$default</c> is needed among several responses.</summary>
    [Fact]
    public async Task Sends_Nothing_OnOneWayRoutes()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("answer to $input.body"), static api => api with
        {
            Routes = [.. api.Routes, new Route { RouteKey = "one", Target = "backend" }],
        }));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"one"}""");
        Assert.Equal("answer to two", await client.AskAsync("two"));
    }

    [Theory]
    [InlineData("/4dd/")]
    [InlineData("/(/")]
    [InlineData("404")]
    public async Task Refuses_ResponsesWithoutDefaultOrWithWrongKeys(string key)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.Mock, Responses = [Response(key, "x")] })));
    }

    private static IntegrationResponse Response(string key, string template) => new() { Key = key, ResponseTemplates = Scene.Map((Route.Default, template)) };
}
