using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section1LifeCycle;

/// <summary>
/// What <c>$connect</c> decides and how
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html).
/// </summary>
public sealed class ConnectTests
{
    /// <summary>The 101 has what RFC 6455 asks for and nothing of a gateway's; no extension is agreed on.</summary>
    [Fact]
    [Trait("Section", "1.2")]
    public async Task Answers_101_WithTheHeadersOfTheStandardOnly()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("x")));
        using var client = await gateway.ConnectAsync("/prod", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");

        // The test's own host names itself; the program's does not.
        var names = client.Head.Split("\r\n").Skip(1).Select(line => line.Split(':')[0]).Except(["Server"]).Order(StringComparer.OrdinalIgnoreCase);
        Assert.Equal(["Connection", "Date", "Sec-WebSocket-Accept", "Upgrade"], names, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(101, client.Status);
    }

    /// <summary>A non-proxy integration lets the client in by the status 200, which a mock's request template names.</summary>
    [Theory]
    [Trait("Section", "1.2")]
    [InlineData("""{"statusCode": 200}""", 101)]
    [InlineData("""{"statusCode": 204}""", 101)]
    [InlineData("""{"statusCode": 403}""", 403)]
    [InlineData("""{"statusCode": 503}""", 503)]
    [InlineData("""#if($input.params('token') == 'good'){"statusCode": 200}#else{"statusCode": 401}#end""", 401)]
    [InlineData("""{"statusCode": "two hundred"}""", 500)]
    public async Task Decides_ByTheStatusOfAMock(string template, int status)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("""{"why":"$context.routeKey"}""", template), Connect));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(status, client.Status);
    }

    [Fact]
    [Trait("Section", "1.2")]
    public async Task Opens_WhenTheMockLikesTheToken()
    {
        const string template = """#if($input.params('token') == 'good'){"statusCode": 200}#else{"statusCode": 401}#end""";
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("x", template), Connect));
        using var client = await gateway.ConnectAsync("/prod?token=good");
        Assert.Equal(101, client.Status);
    }

    /// <summary>Of a function's answer to $connect only status and subprotocol count; its headers and its body reach nobody.</summary>
    [Fact]
    [Trait("Section", "1.2")]
    public async Task Drops_HeadersAndBody_OfTheAnswerThatLetsIn()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), Connect));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "CONNECT"
            ? """{"statusCode":200,"headers":{"Set-Cookie":"a=b","X-Mine":"1","Sec-WebSocket-Protocol":"chat.v1"},"body":"welcome"}"""
            : """{"statusCode":200,"body":"first frame"}"""));
        using var client = await gateway.ConnectAsync("/prod", "Sec-WebSocket-Protocol: chat.v2, chat.v1");

        Assert.Null(client.Header("Set-Cookie"));
        Assert.Null(client.Header("X-Mine"));
        Assert.Equal("chat.v1", client.Header("Sec-WebSocket-Protocol"));
        Assert.Equal("first frame", await client.AskAsync("hello"));
    }

    /// <summary>A refusal takes the function's status and body, not its headers, and nobody hears of a disconnect: nothing was connected.</summary>
    [Fact]
    [Trait("Section", "1.3")]
    public async Task Refuses_WithoutHeadersOfTheFunction_AndTellsNoDisconnect()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), Connect));
        gateway.Backend.Answer = static _ => Task.FromResult(
            BackendAnswer.Of("""{"statusCode":401,"headers":{"X-Mine":"1","Content-Type":"text/plain"},"body":"who are you?"}"""));
        using var client = await gateway.ConnectAsync();

        Assert.Equal(401, client.Status);
        Assert.Equal("who are you?", Encoding.UTF8.GetString(client.Body));
        Assert.Equal("application/json; charset=UTF-8", client.Header("Content-Type"));
        Assert.Null(client.Header("X-Mine"));
        Assert.Null(client.Header("x-amzn-RequestId"));
        Assert.Null(client.Header("x-amzn-ErrorType"));
        Assert.Equal((await gateway.Backend.NextAsync()).Json["requestContext"]!["requestId"]!.ToString(), client.Header("x-amz-apigw-id"));
        await Patience.Until(() => gateway.Lifecycle.Pending == 0, "nothing is pending");
        Assert.Single(gateway.Backend.Calls);
    }

    /// <summary>
    /// A non-proxy integration picks the subprotocol by a response parameter
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html).
    /// </summary>
    [Theory]
    [Trait("Section", "1.2")]
    [InlineData("'chat.v2'", "chat.v2")]
    [InlineData("integration.response.header.X-Picked", "chat.v1")]
    [InlineData("integration.response.header.X-Missing", null)]
    public async Task Picks_Subprotocol_ByAResponseParameter(string source, string? picked)
    {
        var integration = new Integration
        {
            Id = "backend",
            Type = IntegrationType.Http,
            Uri = "/connect",
            Responses =
            [
                new IntegrationResponse { Key = Route.Default, ResponseParameters = Scene.Map(("route.response.header.Sec-WebSocket-Protocol", source)) },
            ],
        };
        await using var gateway = await TestGateway.StartAsync(Scene.Of(integration, Connect));
        gateway.Backend.Answer = static _ => Task.FromResult(new BackendAnswer(200, [], ("X-Picked", "chat.v1")));
        using var client = await gateway.ConnectAsync("/prod", "Sec-WebSocket-Protocol: chat.v2, chat.v1");

        Assert.Equal(101, client.Status);
        Assert.Equal(picked, client.Header("Sec-WebSocket-Protocol"));
    }

    /// <summary>
    /// The handshake's own headers reach an HTTP back end, many of which then answer 400; the usual remedy is a mapping over one of them.
    /// </summary>
    [Theory]
    [Trait("Section", "1.4")]
    [InlineData(IntegrationType.HttpProxy)]
    [InlineData(IntegrationType.Http)]
    public async Task Maps_OverHandshakeHeaders(IntegrationType type)
    {
        var integration = new Integration
        {
            Id = "backend",
            Type = type,
            Uri = "/connect",
            RequestParameters = Scene.Map(("integration.request.header.Sec-WebSocket-Version", "'0'")),
        };
        await using var gateway = await TestGateway.StartAsync(Scene.Of(integration, Connect));
        using var client = await gateway.ConnectAsync();
        var call = await gateway.Backend.NextAsync();

        Assert.Equal(101, client.Status);
        Assert.Equal("0", call.Headers["Sec-WebSocket-Version"].ToString());
        Assert.Empty(call.Body);
    }

    /// <summary>Nobody checks the origin unless the API lists those it wants; the back end sees it.</summary>
    [Fact]
    [Trait("Section", "1.2")]
    public async Task Forwards_AnyOrigin()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), Connect));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync("/prod", "Origin: https://anywhere.example");

        Assert.Equal(101, client.Status);
        Assert.Equal("https://anywhere.example", (await gateway.Backend.NextAsync()).Json["headers"]!["Origin"]!.ToString());
    }

    /// <summary>Two <c>Authorization</c> headers are refused before anybody is asked.</summary>
    [Fact]
    [Trait("Section", "1.3")]
    public async Task Refuses_TwoAuthorizations()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), Connect));
        using var client = await gateway.ConnectAsync("/prod", "Authorization: one", "Authorization: two");
        Assert.Equal(400, client.Status);
        Assert.Empty(gateway.Backend.Calls);
    }

    private static Api Connect(Api api) => api with { Routes = [.. api.Routes, new Route { RouteKey = Route.Connect, Target = "backend" }, new Route { RouteKey = Route.Disconnect, Target = "backend" }] };
}
