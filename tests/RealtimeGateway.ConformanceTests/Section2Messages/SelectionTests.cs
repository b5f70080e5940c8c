using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section2Messages;

/// <summary>
/// How a message finds its route
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html).
/// </summary>
public sealed class SelectionTests
{
    private static readonly string[] Keys =
        ["join", "deep", "chat/join", "join-", "action", "[item1, item2]", "[]", "12", "1.50", "true", "null", "second", "$default", "a b", "été"];

    [Theory]
    [Trait("Section", "2.1")]
    [InlineData("$request.body.action", """{"action":"join"}""", "join")]
    [InlineData("${request.body.action}", """{"action":"join"}""", "join")]
    [InlineData("$request.body.a.b", """{"a":{"b":"deep"}}""", "deep")]
    [InlineData("${request.body.service}/${request.body.action}", """{"service":"chat","action":"join"}""", "chat/join")]
    [InlineData("${request.body.action}-${request.body.missing}", """{"action":"join"}""", "join-")]
    [InlineData("action", """{"anything":1}""", "action")]
    [InlineData("""\$default""", """{"action":"join"}""", "$default")]
    [InlineData("$request.body.action", """{"action":["item1","item2"]}""", "[item1, item2]")]
    [InlineData("$request.body.action", """{"action":[]}""", "[]")]
    [InlineData("$request.body.action", """{"action":12}""", "12")]
    [InlineData("$request.body.action", """{"action":1.50}""", "1.50")]
    [InlineData("$request.body.action", """{"action":true}""", "true")]
    [InlineData("$request.body.list[1]", """{"list":["first","second"]}""", "second")]
    [InlineData("$request.body.action", """{"action":"a b"}""", "a b")]
    [InlineData("$request.body.action", """{"action":"\u00e9t\u00e9"}""", "été")]
    // What a value says is not evaluated again.
    [InlineData("$request.body.action", """{"action":"$request.body.other","other":"join"}""", "$default")]
    public async Task Evaluates_TheExpression(string expression, string body, string key)
    {
        await using var gateway = await StartAsync(expression, Keys);
        using var client = await gateway.ConnectAsync();
        Assert.Equal(key, await client.AskAsync(body));
    }

    /// <summary>What has no key goes to <c>$default</c>: no JSON, no such member, no such route, a key in another case, a reserved one.</summary>
    [Theory]
    [Trait("Section", "2.2")]
    [InlineData("$request.body.action", "plain words")]
    [InlineData("$request.body.action", "")]
    [InlineData("action", "plain words")]
    [InlineData("$request.body.action", """{"other":"join"}""")]
    [InlineData("$request.body.action", """{"action":"unknown"}""")]
    [InlineData("$request.body.action", """{"action":"JOIN"}""")]
    [InlineData("$request.body.action", """{"action":"$connect"}""")]
    [InlineData("$request.body.action", """{"action":"$disconnect"}""")]
    [InlineData("$request.body.action", """["action","join"]""")]
    public async Task FallsBack_ToDefault(string expression, string body)
    {
        await using var gateway = await StartAsync(expression, [.. Keys, Route.Connect, Route.Disconnect]);
        using var client = await gateway.ConnectAsync();
        Assert.Equal("$default", await client.AskAsync(body));
    }

    /// <summary>Without <c>$default</c> the client is told, and stays connected.</summary>
    [Theory]
    [Trait("Section", "2.2")]
    [InlineData("plain words")]
    [InlineData("""{"action":"unknown"}""")]
    [InlineData("""{"action":"$disconnect"}""")]
    public async Task Answers_Forbidden_WithoutDefault(string body)
    {
        await using var gateway = await StartAsync("$request.body.action", ["join", Route.Disconnect]);
        using var client = await gateway.ConnectAsync();
        Assert.StartsWith("""{"message": "Forbidden", "connectionId":""", await client.AskAsync(body), StringComparison.Ordinal);
        Assert.Equal("join", await client.AskAsync("""{"action":"join"}"""));
    }

    /// <summary>Other variables than those of the body are refused when the API is made.</summary>
    [Theory]
    [Trait("Section", "2.1")]
    [InlineData("$request.header.x")]
    [InlineData("$context.connectionId")]
    [InlineData("$stageVariables.x")]
    [InlineData("")]
    public async Task Refuses_OtherVariables(string expression)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(expression, Keys));
    }

    /// <summary>AWS advises against keys of one's own that begin with a dollar; here they are refused.</summary>
    [Fact]
    [Trait("Section", "2.2")]
    public async Task Refuses_KeysThatLookReserved()
    {
        await Assert.ThrowsAnyAsync<Exception>(static () => StartAsync("$request.body.action", ["$own"]));
    }

    private static Task<TestGateway> StartAsync(string expression, string[] keys) => TestGateway.StartAsync(Scene.Of(
        Scene.Mock("$context.routeKey"),
        api => api with
        {
            RouteSelectionExpression = expression,
            Routes = [.. keys.Select(static key => new Route { RouteKey = key, Target = "backend", HasRouteResponse = true })],
        }));
}
