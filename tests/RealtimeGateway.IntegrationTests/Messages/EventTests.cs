using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Messages;

/// <summary>
/// The events that a Lambda function gets, member for member
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations-request.html).
/// </summary>
public sealed partial class EventTests
{
    private static readonly DateTimeOffset ConnectedAt = new(2026, 9, 25, 0, 3, 4, 120, TimeSpan.Zero);

    [Fact]
    public async Task Tells_ConnectMessageAndDisconnect_WithTheMembersOfAmazonsEvents()
    {
        var clock = new FakeTimeProvider(ConnectedAt);
        await using var gateway = await TestGateway.StartAsync(
            static _ => Configurations.Lambda(static stage => stage with { Variables = stage.Variables.Add("backend", "v7") }), clock);
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync(
            "/prod?room=blue&tag=first&tag=second&q=a+b%26c",
            "Origin: https://app.example",
            "sec-websocket-protocol: chat.v2, chat.v1",
            "user-agent: demo-client/1.0",
            "X-Custom-Case: kept",
            "X-Forwarded-For: 203.0.113.9",
            "X-Amzn-Trace-Id: Root=1-66f00000-0123456789abcdef01234567");
        Assert.Equal(101, client.Status);
        var connect = await gateway.Backend.NextAsync();
        var host = $"127.0.0.1:{gateway.Port}";
        var key = connect.Json["headers"]!["Sec-WebSocket-Key"]!.ToString();

        AssertEvent(connect, $$"""
            {
              "headers": {
                "Host": "{{host}}", "Origin": "https://app.example", "Sec-WebSocket-Key": "{{key}}", "Sec-WebSocket-Protocol": "chat.v2, chat.v1",
                "Sec-WebSocket-Version": "13", "User-Agent": "demo-client/1.0", "X-Amzn-Trace-Id": "Root=1-66f00000-0123456789abcdef01234567",
                "X-Custom-Case": "kept", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "{{gateway.Port}}", "X-Forwarded-Proto": "http"
              },
              "multiValueHeaders": {
                "Host": ["{{host}}"], "Origin": ["https://app.example"], "Sec-WebSocket-Key": ["{{key}}"],
                "Sec-WebSocket-Protocol": ["chat.v2, chat.v1"], "Sec-WebSocket-Version": ["13"], "User-Agent": ["demo-client/1.0"],
                "X-Amzn-Trace-Id": ["Root=1-66f00000-0123456789abcdef01234567"], "X-Custom-Case": ["kept"], "X-Forwarded-For": ["127.0.0.1"],
                "X-Forwarded-Port": ["{{gateway.Port}}"], "X-Forwarded-Proto": ["http"]
              },
              "queryStringParameters": {"room": "blue", "tag": "second", "q": "a b&c"},
              "multiValueQueryStringParameters": {"room": ["blue"], "tag": ["first", "second"], "q": ["a b&c"]},
              "stageVariables": {"backend": "v7"},
              "requestContext": {
                "routeKey": "$connect", "eventType": "CONNECT", "extendedRequestId": "R", "requestTime": "25/Sep/2026:00:03:04 +0000",
                "messageDirection": "IN", "stage": "prod", "connectedAt": 1790294584120, "requestTimeEpoch": 1790294584120,
                "identity": {"userAgent": "demo-client/1.0", "sourceIp": "127.0.0.1"}, "requestId": "R", "domainName": "{{host}}",
                "connectionId": "C", "apiId": "chat"
              },
              "isBase64Encoded": false
            }
            """);

        clock.Advance(TimeSpan.FromMilliseconds(4884));
        const string body = """{"action":"two", "text":"h\u00e9 \"ü\" </script>"}""";
        await client.SendTextAsync(body);
        var message = await gateway.Backend.NextAsync();
        AssertEvent(message, $$"""
            {
              "stageVariables": {"backend": "v7"},
              "requestContext": {
                "routeKey": "two", "messageId": "M", "eventType": "MESSAGE", "extendedRequestId": "R", "requestTime": "25/Sep/2026:00:03:09 +0000",
                "messageDirection": "IN", "stage": "prod", "connectedAt": 1790294584120, "requestTimeEpoch": 1790294589004,
                "identity": {"userAgent": "demo-client/1.0", "sourceIp": "127.0.0.1"}, "requestId": "R", "domainName": "{{host}}",
                "connectionId": "C", "apiId": "chat"
              },
              "body": {{JsonValue.Create(body)!.ToJsonString()}},
              "isBase64Encoded": false
            }
            """);

        clock.Advance(TimeSpan.FromMilliseconds(50_996));
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Close, []));
        var end = await gateway.Backend.NextAsync();
        AssertEvent(end, $$"""
            {
              "headers": {"Host": "{{host}}", "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""},
              "multiValueHeaders": {"Host": ["{{host}}"], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""]},
              "stageVariables": {"backend": "v7"},
              "requestContext": {
                "routeKey": "$disconnect", "disconnectStatusCode": 1005, "eventType": "DISCONNECT", "extendedRequestId": "R",
                "requestTime": "25/Sep/2026:00:04:00 +0000", "messageDirection": "IN", "disconnectReason": "Client-side close frame status not set",
                "stage": "prod", "connectedAt": 1790294584120, "requestTimeEpoch": 1790294640000,
                "identity": {"userAgent": "demo-client/1.0", "sourceIp": "127.0.0.1"}, "requestId": "R", "domainName": "{{host}}",
                "connectionId": "C", "apiId": "chat"
              },
              "isBase64Encoded": false
            }
            """);

        // One connection, three events of their own; a message's id ends as its connection's does.
        var ids = new[] { connect, message, end }.Select(call => call.Json["requestContext"]!).ToArray();
        Assert.Single(ids.Select(context => context["connectionId"]!.ToString()).Distinct());
        Assert.Equal(3, ids.Select(context => context["requestId"]!.ToString()).Distinct().Count());
        Assert.Equal(ids[1]["connectionId"]!.ToString()[^12..], ids[1]["messageId"]!.ToString()[^12..]);
        Assert.NotEqual(ids[1]["connectionId"]!.ToString(), ids[1]["messageId"]!.ToString());
    }

    /// <summary>What there is none of is absent, not null or empty.</summary>
    [Fact]
    public async Task LeavesOut_QueryVariablesAndUserAgent_WhenThereAreNone()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync();
        var connect = (await gateway.Backend.NextAsync()).Json;

        Assert.Equal(["headers", "multiValueHeaders", "requestContext", "isBase64Encoded"], connect.Select(member => member.Key));
        Assert.Equal(["sourceIp"], connect["requestContext"]!["identity"]!.AsObject().Select(member => member.Key));
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$", connect["headers"]!["X-Amzn-Trace-Id"]!.ToString());
    }

    /// <summary>Names of parameters know case, as URLs do (RFC 3986 §6.2.2.1); single-value maps hold the last value.</summary>
    [Fact]
    public async Task Keeps_ParametersApartThatDifferInCase()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync("/prod?tag=a&Tag=b&empty=&bare", "X-Many: 1", "X-Many: 2");
        var connect = (await gateway.Backend.NextAsync()).Json;

        Assert.Equal("""{"tag":"a","Tag":"b","empty":"","bare":""}""", connect["queryStringParameters"]!.ToJsonString());
        Assert.Equal("2", connect["headers"]!["X-Many"]!.ToString());
        Assert.Equal("""["1","2"]""", connect["multiValueHeaders"]!["X-Many"]!.ToJsonString());
    }

    /// <summary>The order of members is Amazon's: people compare logs, and some parse by hand.</summary>
    [Fact]
    public async Task Writes_Members_InAmazonsOrder()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync("/prod?a=b", "User-Agent: demo");
        _ = await gateway.Backend.NextAsync();
        await client.SendTextAsync("x");
        var message = (await gateway.Backend.NextAsync()).Json;

        Assert.Equal(["requestContext", "body", "isBase64Encoded"], message.Select(member => member.Key));
        Assert.Equal(
            [
                "routeKey", "messageId", "eventType", "extendedRequestId", "requestTime", "messageDirection", "stage", "connectedAt",
                "requestTimeEpoch", "identity", "requestId", "domainName", "connectionId", "apiId",
            ],
            message["requestContext"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["userAgent", "sourceIp"], message["requestContext"]!["identity"]!.AsObject().Select(member => member.Key));
    }

    /// <summary>What Lambda's own front door sees (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).</summary>
    [Fact]
    public async Task Calls_Invoke_SignedAndNamed()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync();
        var call = await gateway.Backend.NextAsync();

        Assert.Equal("POST", call.Method);
        Assert.Equal("/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Achat/invocations", call.RawTarget);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", call.Headers["Authorization"].ToString(), StringComparison.Ordinal);
        Assert.Contains("/us-east-1/lambda/aws4_request", call.Headers["Authorization"].ToString(), StringComparison.Ordinal);
        Assert.Equal("AmazonAPIGateway_chat", call.Headers["User-Agent"]);
        Assert.Equal("chat", call.Headers["x-amzn-apigateway-api-id"]);
        Assert.Equal("application/json", call.Headers["Accept"]);
        Assert.Equal(call.Json["requestContext"]!["requestId"]!.ToString(), call.Headers["x-amzn-lambda-integration-tag"]);
        Assert.Equal("arn:aws:execute-api:us-east-1:000000000000:chat/prod/$connect", call.Headers["X-Amz-Source-Arn"]);
        Assert.False(call.Headers.ContainsKey("X-Amz-Invocation-Type"));
    }

    /// <summary>Compares after putting one letter for each id, each of which must have its form.</summary>
    private static void AssertEvent(BackendCall call, string expected)
    {
        var actual = call.Json;
        var context = actual["requestContext"]!.AsObject();
        Assert.Matches(RequestId(), context["requestId"]!.ToString());
        Assert.Equal(context["requestId"]!.ToString(), context["extendedRequestId"]!.ToString());
        Assert.Matches(ConnectionId(), context["connectionId"]!.ToString());
        context["requestId"] = "R";
        context["extendedRequestId"] = "R";
        context["connectionId"] = "C";
        if (context.ContainsKey("messageId"))
        {
            Assert.Matches(ConnectionId(), context["messageId"]!.ToString());
            context["messageId"] = "M";
        }

        var wanted = JsonNode.Parse(expected)!;
        Assert.True(JsonNode.DeepEquals(wanted, actual), string.Create(CultureInfo.InvariantCulture, $"Expected\n{wanted}\nbut was\n{actual}"));
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{15}=$")]
    private static partial Regex RequestId();

    [GeneratedRegex("^[A-Za-z0-9_-]{18}==$")]
    private static partial Regex ConnectionId();
}
