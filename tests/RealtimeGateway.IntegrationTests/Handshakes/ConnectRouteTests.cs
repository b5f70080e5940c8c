using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Handshakes;

/// <summary>
/// <c>$connect</c> decides before anything opens
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html).
/// </summary>
public sealed partial class ConnectRouteTests
{
    [Fact]
    public async Task Opens_OnlyAfterTheBackEndSaidYes()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        var yes = new TaskCompletionSource<BackendAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Backend.Answer = _ => yes.Task;
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        var call = await gateway.Backend.NextAsync();

        // While $connect runs: no byte, no connection, and a push finds nobody (Amazon: 410).
        Assert.Equal(0, client.Socket.Available);
        Assert.Equal(0, gateway.Connections.Count);
        using var push = await gateway.Http.PostAsync(
            $"/prod/@connections/{Uri.EscapeDataString(call.ConnectionId)}", new StringContent("early"), TestContext.Current.CancellationToken);
        Assert.Equal(410, (int)push.StatusCode);
        Assert.Equal(0, client.Socket.Available);

        yes.SetResult(BackendAnswer.Ok);
        await client.ReadHeadAsync();
        Assert.Equal(101, client.Status);
        Assert.Equal(1, gateway.Connections.Count);
        Assert.Single(gateway.Backend.Calls);
    }

    [Fact]
    public async Task Relays_LambdaRefusal_StatusAndBodyVerbatim()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of(
            """{"statusCode": 403, "headers": {"X-Own": "1"}, "body": "{\"why\" :  \"näh\"}"}"""));
        using var client = await gateway.ConnectAsync();

        Assert.Equal(403, client.Status);
        Assert.Equal("""{"why" :  "näh"}""", Encoding.UTF8.GetString(client.Body));
        Assert.Equal("application/json; charset=UTF-8", client.Header("Content-Type"));
        Assert.Null(client.Header("X-Own"));
        Assert.Null(client.Header("x-amzn-ErrorType"));
        Assert.Null(client.Header("x-amzn-RequestId"));
        var requestId = (await gateway.Backend.NextAsync()).Json["requestContext"]!["requestId"]!.ToString();
        Assert.Equal(requestId, client.Header("x-amz-apigw-id"));

        // Nothing was opened, so nothing is told to have ended: the first end is that of the next connection.
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode": 200}"""));
        using (await gateway.ConnectAsync())
        {
        }

        var end = await gateway.Backend.NextAsync("DISCONNECT");
        Assert.Equal(gateway.Backend.Of("CONNECT").Last().ConnectionId, end.ConnectionId);
        Assert.Equal(3, gateway.Backend.Calls.Count);
    }

    [Fact]
    public async Task Relays_HttpRefusal_StatusAndBody()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("go away", 401));
        using var client = await gateway.ConnectAsync();

        Assert.Equal(401, client.Status);
        Assert.Equal("go away", Encoding.UTF8.GetString(client.Body));
    }

    /// <summary>The gateway's own refusals carry the bytes of an error frame, and its request id in x-amz-apigw-id.</summary>
    [Theory]
    [InlineData("function error", 502, "Internal server error")]
    [InlineData("not json", 500, "Internal server error")]
    [InlineData("no status", 500, "Internal server error")]
    [InlineData("refused", 500, "Internal server error")]
    [InlineData("cut", 500, "Internal server error")]
    public async Task Refuses_WhenTheFunctionFails(string how, int status, string message)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = _ => Task.FromResult(how switch
        {
            "function error" => new BackendAnswer(200, """{"errorMessage":"boom"}"""u8.ToArray(), ("X-Amz-Function-Error", "Unhandled")),
            "not json" => BackendAnswer.Of("hello"),
            "no status" => BackendAnswer.Of("""{"body":"x"}"""),
            "refused" => BackendAnswer.Of("""{"Message":"no permission"}""", 403),
            _ => BackendAnswer.Cut,
        });
        using var client = await gateway.ConnectAsync();

        AssertRefused(client, await gateway.Backend.NextAsync(), status, message);
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Refuses_WithTimeout_WhenTheFunctionTakesTooLong()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda(), clock);
        gateway.Backend.Answer = static _ => new TaskCompletionSource<BackendAnswer>().Task;
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        var call = await gateway.Backend.NextAsync();
        clock.Advance(TimeSpan.FromMilliseconds(28_999));
        Assert.Equal(0, client.Socket.Available);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await client.ReadHeadAsync();

        AssertRefused(client, call, 504, "Endpoint request timed out");
    }

    /// <summary>A client that leaves during $connect was let in all the same, so its end is told, once.</summary>
    [Fact]
    public async Task Tells_EndOfClientThatLeftDuringConnect()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        var yes = new TaskCompletionSource<BackendAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Backend.Answer = call => call.EventType == "CONNECT" ? yes.Task : Task.FromResult(BackendAnswer.Ok);
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        var connect = await gateway.Backend.NextAsync();
        client.Reset();
        yes.SetResult(BackendAnswer.Ok);

        var end = await gateway.Backend.NextAsync();
        Assert.Equal("DISCONNECT", end.EventType);
        Assert.Equal(connect.ConnectionId, end.ConnectionId);
        Assert.Equal("1006", end.Headers["x-rg-disconnect-status-code"]);
        await Patience.Until(() => gateway.Lifecycle.Pending == 0, "nothing is pending");
        Assert.Equal(0, gateway.Connections.Count);
        Assert.Equal(2, gateway.Backend.Calls.Count);
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Opens_WithoutConnectRoute()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);
    }

    private static void AssertRefused(RawWebSocket client, BackendCall call, int status, string message)
    {
        var context = call.Json["requestContext"]!;
        var requestId = context["requestId"]!.ToString();
        Assert.Equal(status, client.Status);
        Assert.Equal(requestId, client.Header("x-amz-apigw-id"));
        Assert.Equal("application/json; charset=UTF-8", client.Header("Content-Type"));
        Assert.Matches(RequestId(), requestId);
        Assert.Equal(
            $"{{\"message\": \"{message}\", \"connectionId\":\"{context["connectionId"]}\", \"requestId\":\"{requestId}\"}}",
            Encoding.UTF8.GetString(client.Body));
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{15}=$")]
    private static partial Regex RequestId();
}
