using System.Collections.Immutable;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

public sealed class LambdaAuthorizerTests
{
    private const string RouteArn = "arn:aws:execute-api:us-east-1:000000000000:chat/prod/$connect";

    internal static readonly Authorizer Asked = new() { Id = "auth", Type = AuthorizerType.Request, Uri = AccessConfigurations.AuthorizerArn };

    [Fact]
    public async Task Connect_Allowed_ShowsTheContextInEveryEvent()
    {
        await using var gateway = await StartAsync(Asked, Allow("""
            "principalId": "user-7", "context": {"tenant": "t1", "level": 3, "beta": true, "nothing": null}
            """));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);

        var connect = Authorizer(await NextAsync(gateway, "CONNECT"));
        await client.SendTextAsync("""{"action":"two"}""");
        Assert.Equal("hello", await client.ReadTextAsync());
        var message = Authorizer(await NextAsync(gateway, "MESSAGE"));
        await client.CloseAsync();
        var disconnect = Authorizer(await NextAsync(gateway, "DISCONNECT"));

        Assert.Equal(System.Text.Json.JsonValueKind.Number, connect["integrationLatency"]!.GetValueKind());
        connect.Remove("integrationLatency");
        var expected = JsonNode.Parse("""{"principalId": "user-7", "tenant": "t1", "level": "3", "beta": "true"}""");
        Assert.All([connect, message, disconnect], shown => Assert.True(JsonNode.DeepEquals(expected, shown), shown.ToJsonString()));
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Connect_Asked_ShowsTheFunctionTheHandshake()
    {
        await using var gateway = await StartAsync(Asked, Allow());
        using var client = await gateway.ConnectAsync("/prod?QueryString1=a&QueryString1=queryValue1", "HeaderAuth1: headerValue1", "User-Agent: test");
        Assert.Equal(101, client.Status);

        var call = gateway.Backend.Calls.First();
        var shown = call.Json;
        var expected = JsonNode.Parse($$"""
            {
              "type": "REQUEST",
              "methodArn": "{{RouteArn}}",
              "headers": {
                "Connection": "upgrade", "content-length": "0", "HeaderAuth1": "headerValue1", "Host": "127.0.0.1:{{gateway.Port}}",
                "Sec-WebSocket-Key": "*", "Sec-WebSocket-Version": "13", "Upgrade": "websocket", "User-Agent": "test", "X-Amzn-Trace-Id": "*",
                "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "{{gateway.Port}}", "X-Forwarded-Proto": "http"
              },
              "multiValueHeaders": {
                "Connection": ["upgrade"], "content-length": ["0"], "HeaderAuth1": ["headerValue1"], "Host": ["127.0.0.1:{{gateway.Port}}"],
                "Sec-WebSocket-Key": ["*"], "Sec-WebSocket-Version": ["13"], "Upgrade": ["websocket"], "User-Agent": ["test"], "X-Amzn-Trace-Id": ["*"],
                "X-Forwarded-For": ["127.0.0.1"], "X-Forwarded-Port": ["{{gateway.Port}}"], "X-Forwarded-Proto": ["http"]
              },
              "queryStringParameters": {"QueryString1": "queryValue1"},
              "multiValueQueryStringParameters": {"QueryString1": ["a", "queryValue1"]},
              "stageVariables": {},
              "requestContext": {
                "routeKey": "$connect", "eventType": "CONNECT", "extendedRequestId": "*", "requestTime": "*", "messageDirection": "IN", "stage": "prod",
                "connectedAt": 0, "requestTimeEpoch": 0, "identity": {"userAgent": "test", "sourceIp": "127.0.0.1"}, "requestId": "*",
                "domainName": "127.0.0.1:{{gateway.Port}}", "connectionId": "*", "apiId": "chat"
              }
            }
            """)!.AsObject();
        Assert.True(call.IsAuthorizer());
        Assert.Equal(expected.Select(member => member.Key), shown.Select(member => member.Key));
        Mask(expected, shown);
        Assert.Equal(expected.ToJsonString(), shown.ToJsonString());
    }

    [Fact]
    public async Task Connect_NothingToShow_ShowsEmptyMaps()
    {
        await using var gateway = await StartAsync(Asked, Allow());
        using var client = await gateway.ConnectAsync();

        var shown = gateway.Backend.Calls.First().Json;

        Assert.Equal("{}", shown["queryStringParameters"]!.ToJsonString());
        Assert.Equal("{}", shown["multiValueQueryStringParameters"]!.ToJsonString());
        Assert.False(shown.ContainsKey("isBase64Encoded"));
        Assert.False(shown["requestContext"]!.AsObject().ContainsKey("authorizer"));
    }

    [Theory]
    [InlineData("route.request.header.Auth", "/prod", "Other: x")]
    [InlineData("route.request.header.Auth", "/prod", "Auth:")]
    [InlineData("route.request.querystring.token", "/prod", "token: x")]
    [InlineData("route.request.querystring.token", "/prod?token=", "A: b")]
    [InlineData("route.request.querystring.token", "/prod?token=x&token=", "A: b")]
    [InlineData("route.request.querystring.token", "/prod?Token=x", "A: b")]
    [InlineData("stageVariables.none", "/prod", "A: b")]
    [InlineData("context.eventType", "/prod", "A: b")]
    [InlineData("context.messageDirection", "/prod", "A: b")]
    public async Task Connect_IdentityMissing_IsUnauthorizedAndAsksNobody(string source, string path, string header)
    {
        await using var gateway = await StartAsync(Asked with { IdentitySources = ["context.connectionId", source] }, Allow());

        using var client = await gateway.ConnectAsync(path, header);

        AccessConfigurations.AssertRefused(client, 401, "Unauthorized");
        Assert.Empty(gateway.Backend.Calls);
    }

    [Theory]
    [InlineData("route.request.header.Auth", "/prod", "aUTH: x")]
    [InlineData("route.request.querystring.token", "/prod?token=&token=x", "A: b")]
    [InlineData("context.connectionId", "/prod", "A: b")]
    [InlineData("context.connectedAt", "/prod", "A: b")]
    [InlineData("context.requestTimeEpoch", "/prod", "A: b")]
    [InlineData("context.routeKey", "/prod", "A: b")]
    public async Task Connect_IdentityThere_IsAsked(string source, string path, string header)
    {
        await using var gateway = await StartAsync(Asked with { IdentitySources = [source] }, Allow());

        using var client = await gateway.ConnectAsync(path, header);

        Assert.Equal(101, client.Status);
        Assert.True(gateway.Backend.Calls.First().IsAuthorizer());
    }

    [Fact]
    public async Task Connect_Denied_IsForbiddenInAwsWords()
    {
        const string Explicit = "User is not authorized to access this resource with an explicit deny in an identity-based policy";
        const string Implicit = "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action";
        var answer = BackendAnswer.Ok;
        await using var gateway = await StartAsync(Asked, _ => answer);

        foreach (var (statements, status, message) in ((string, int, string)[])
        [
            (Statement("Deny", "*"), 403, Explicit),
            (Statement("Allow", "*") + "," + Statement("Deny", RouteArn), 403, Explicit),
            (Statement("Allow", RouteArn.Replace("prod", "dev", StringComparison.Ordinal)), 403, Implicit),
            (Statement("Allow", "*", "execute-api:ManageConnections"), 403, Implicit),
            ("", 403, Implicit),
            (Statement("Allow", RouteArn), 101, ""),
            (Statement("Allow", "arn:aws:execute-api:*:*:ch?t/*"), 101, ""),
            (Statement("Allow", "*", "execute-api:*"), 101, ""),
        ])
        {
            answer = Policy(statements);
            using var client = await gateway.ConnectAsync();
            if (status == 101)
            {
                Assert.Equal(101, client.Status);
            }
            else
            {
                AccessConfigurations.AssertRefused(client, status, message);
            }
        }

        await gateway.CountAsync(0);
    }

    [Fact]
    public async Task Connect_AuthorizerFails_IsRefusedAsTheFailureSays()
    {
        var answer = BackendAnswer.Ok;
        await using var gateway = await StartAsync(Asked with { Timeout = TimeSpan.FromMilliseconds(300) }, _ => answer);
        (string, string)[] error = [("X-Amz-Function-Error", "Unhandled")];

        foreach (var (given, status, message) in ((BackendAnswer, int, string?)[])
        [
            (BackendAnswer.Of("""{"errorMessage": "Unauthorized", "errorType": "Error", "trace": []}""") with { Headers = error }, 401, "Unauthorized"),
            (BackendAnswer.Of("""{"errorMessage": "unauthorized"}""") with { Headers = error }, 500, "Internal server error"),
            (BackendAnswer.Of("""{"errorMessage": "Unauthorized."}""") with { Headers = error }, 500, "Internal server error"),
            (BackendAnswer.Of("""{"errorMessage": "boom"}""") with { Headers = error }, 500, "Internal server error"),
            (BackendAnswer.Of("""{"Message": "no such function"}""", 404), 500, "Internal server error"),
            (BackendAnswer.Cut, 500, "Internal server error"),
            (BackendAnswer.Of("null"), 500, null),
            (BackendAnswer.Of("\"Unauthorized\""), 500, null),
            (BackendAnswer.Of("""{"isAuthorized": true}"""), 500, null),
            (Policy(Statement("Allow", "*"), """ ,"context": {"roles": ["a"]}"""), 500, null),
            (Policy(Statement("Allow", "*"), ",\"context\": {\"x\": \"" + new string('x', 8192) + "\"}"), 500, null),
        ])
        {
            answer = given;
            using var client = await gateway.ConnectAsync();
            AccessConfigurations.AssertRefused(client, status, message);
        }

        Assert.All(gateway.Backend.Calls, call => Assert.True(call.IsAuthorizer()));
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Connect_AuthorizerTooSlow_IsRefused()
    {
        var never = new TaskCompletionSource<BackendAnswer>();
        await using var gateway = await TestGateway.StartAsync(_ => AccessConfigurations.Of(Asked with { Timeout = TimeSpan.FromMilliseconds(100) }));
        gateway.Backend.Answer = _ => never.Task;

        using var client = await gateway.ConnectAsync();

        AccessConfigurations.AssertRefused(client, 500, "Internal server error");
    }

    [Fact]
    public async Task Apply_AuthorizerTakenAway_KeepsTheContextOfOpenConnections()
    {
        await using var gateway = await StartAsync(Asked, Allow(""" "principalId": 7 """));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);

        Assert.Empty(gateway.Gateway.Apply(Configurations.Lambda()));
        await client.SendTextAsync("""{"action":"two"}""");
        await client.ReadTextAsync();

        Assert.Equal("""{"principalId":"7"}""", Authorizer(await NextAsync(gateway, "MESSAGE")).ToJsonString());
    }

    [Fact]
    public async Task Connect_StageVariable_NamesTheFunction()
    {
        var variables = ImmutableSortedDictionary<string, string>.Empty.Add("fn", "auth");
        await using var gateway = await TestGateway.StartAsync(_ => AccessConfigurations.Of(
            connect => connect with { AuthorizationType = AuthorizationType.Custom, AuthorizerId = "auth" },
            api => api with
            {
                Authorizers = [Asked with { Uri = AccessConfigurations.AuthorizerArn.Replace(":auth", ":${stageVariables.fn}", StringComparison.Ordinal) }],
                Stages = [new() { Name = "prod", Variables = variables }],
            }));
        gateway.Backend.Answer = call => Task.FromResult(call.IsAuthorizer() ? Policy(Statement("Allow", "*")) : AccessConfigurations.Fine);

        using var client = await gateway.ConnectAsync();

        Assert.Equal(101, client.Status);
        Assert.Equal("""{"fn":"auth"}""", gateway.Backend.Calls.First().Json["stageVariables"]!.ToJsonString());
    }

    internal static string Statement(string effect, string resource, string action = "execute-api:Invoke") =>
        $$"""{"Effect": "{{effect}}", "Action": "{{action}}", "Resource": "{{resource}}"}""";

    internal static BackendAnswer Policy(string statements, string more = "") =>
        BackendAnswer.Of("""{"policyDocument": {"Version": "2012-10-17", "Statement": [""" + statements + "]}" + more + "}");

    private static Func<BackendCall, BackendAnswer> Allow(string more = "\"principalId\": \"user\"") => _ => Policy(Statement("Allow", RouteArn), "," + more);

    internal static async Task<TestGateway> StartAsync(Authorizer authorizer, Func<BackendCall, BackendAnswer> answer, Func<Stage, Stage>? stage = null)
    {
        var gateway = await TestGateway.StartAsync(_ => AccessConfigurations.Of(authorizer).WithStage(stage));
        gateway.Backend.Answer = call => Task.FromResult(call.IsAuthorizer() ? answer(call) : AccessConfigurations.Fine);
        return gateway;
    }

    private static async Task<BackendCall> NextAsync(TestGateway gateway, string eventType)
    {
        BackendCall call;
        do
        {
            call = await gateway.Backend.NextAsync(eventType);
        }
        while (call.IsAuthorizer());
        return call;
    }

    private static JsonObject Authorizer(BackendCall call) => call.Json["requestContext"]!["authorizer"]!.AsObject();

    /// <summary>Makes equal what differs from run to run.</summary>
    private static void Mask(JsonObject expected, JsonObject shown)
    {
        foreach (var (name, value) in expected.ToArray())
        {
            switch (value)
            {
                case JsonObject inner:
                    Mask(inner, shown[name]!.AsObject());
                    break;
                case JsonArray { Count: 1 } list when (string?)list[0] == "*":
                    Assert.NotEmpty((string?)shown[name]![0] ?? "");
                    shown[name] = list.DeepClone();
                    break;
                case JsonValue text when text.ToJsonString() is "\"*\"" or "0":
                    Assert.Equal(text.GetValueKind(), shown[name]!.GetValueKind());
                    shown[name] = text.DeepClone();
                    break;
                default:
                    break;
            }
        }
    }
}
