using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Life;

/// <summary>
/// However a connection ends, <c>$disconnect</c> is told once, with the code and the reason of
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html.
/// </summary>
public sealed class EndTests
{
    public static TheoryData<string, int, string> Ends => new()
    {
        { "close with status and reason", 4001, "see you" },
        { "close with status", 1001, "" },
        { "close without status", 1005, "Client-side close frame status not set" },
        { "reset", 1006, "Connection closed abnormally" },
        { "finish", 1006, "Connection closed abnormally" },
        { "reset after a message", 1006, "Connection closed abnormally" },
        { "delete", 1000, "Connection Closed Normally" },
        { "delete, not answered", 1000, "Connection Closed Normally" },
        { "delete, answered with another status", 1000, "Connection Closed Normally" },
        { "delete, answered by reset", 1000, "Connection Closed Normally" },
        { "idle", 1001, "Going away" },
        { "too old", 1001, "Going away" },
        { "unmasked", 1002, "Protocol error" },
        { "binary", 1003, "Binary is not supported" },
        { "bad text", 1007, "Invalid UTF-8" },
        { "too big", 1009, "Message too big" },
        { "pings", 1008, "Too many pings" },
        { "fragments", 1008, "Too many fragments" },
        { "silent", 1006, "Ping timeout" },
        { "stage removed", 1001, "Going away" },
        { "host stops", 1001, "Shutdown" },
        { "host stops, not answered", 1001, "Shutdown" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Tells_Disconnect_OnceWithCodeAndReason(string how, int code, string reason)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(
            backend => Configurations.Http(backend, stage => stage with { Limits = LimitsFor(how, stage.Limits) }), clock, TimeSpan.FromSeconds(3));
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id.ToString();

        await EndAsync(how, gateway, client);
        var end = await gateway.Backend.NextAsync("DISCONNECT");
        await Patience.Until(() => gateway.Lifecycle.Pending == 0, "nothing is pending");

        Assert.Equal(id, end.ConnectionId);
        Assert.Equal(code.ToString(CultureInfo.InvariantCulture), end.Headers["x-rg-disconnect-status-code"].ToString());
        Assert.Equal(reason, Uri.UnescapeDataString(end.Headers["x-rg-disconnect-reason"].ToString()));
        Assert.Single(gateway.Backend.Of("DISCONNECT"));
        Assert.Equal(0, gateway.Connections.Count);
        Assert.Equal(0, gateway.Budget.UsedBytes);
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>After the end nobody is found any more: 410.</summary>
    [Fact]
    public async Task Answers_Gone_OnceEnded()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await gateway.ConnectAsync();
        var path = $"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}";
        await client.CloseAsync();
        await gateway.CountAsync(0);
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get, HttpMethod.Delete])
        {
            using var answer = await gateway.Http.SendAsync(new HttpRequestMessage(method, path), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        }
    }

    /// <summary>Three tries, one and nine seconds apart.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Retries_Disconnect_ThreeTimesInAll(int status)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend), clock);
        var times = new List<DateTimeOffset>();
        gateway.Backend.Answer = call =>
        {
            if (call.EventType != "DISCONNECT")
            {
                return Task.FromResult(BackendAnswer.Ok);
            }

            times.Add(clock.GetUtcNow());
            return Task.FromResult(status == 0 ? BackendAnswer.Cut : BackendAnswer.Of("", status));
        };
        using var client = await gateway.ConnectAsync();
        await client.CloseAsync();
        await Patience.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(20));
                return gateway.Lifecycle.Pending == 0;
            },
            "the last try has failed");

        Assert.Equal(3, times.Count);
        Assert.True(times[1] - times[0] >= TimeSpan.FromSeconds(1));
        Assert.True(times[2] - times[1] >= TimeSpan.FromSeconds(9));
        Assert.True(times[2] - times[0] < TimeSpan.FromSeconds(30));
        Assert.Single(gateway.Backend.Of("DISCONNECT").Select(call => call.Headers["x-rg-request-id"].ToString()).Distinct());
        Assert.Contains(gateway.Log.Warnings, text => text.Contains("failed 3 times", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Retries_NoMore_OnceTheBackEndAnswered()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend), clock);
        var tries = 0;
        gateway.Backend.Answer = call => Task.FromResult(
            call.EventType == "DISCONNECT" && ++tries == 1 ? BackendAnswer.Of("", 503) : BackendAnswer.Of("", call.EventType == "CONNECT" ? 200 : 404));
        using var client = await gateway.ConnectAsync();
        await client.CloseAsync();
        await Patience.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(20));
                return gateway.Lifecycle.Pending == 0;
            },
            "the back end was told");
        Assert.Equal(2, tries);
    }

    /// <summary>A stopping host takes no new client, and tells the others to go, before anything else stops.</summary>
    [Fact]
    public async Task Stops_WithCloseFramesAndDisconnects_ForAll()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend), stopTimeout: TimeSpan.FromSeconds(10));
        var clients = new List<RawWebSocket>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await gateway.ConnectAsync());
        }

        var stopping = gateway.StopAsync();
        foreach (var client in clients)
        {
            var close = await client.ReadCloseAsync();
            Assert.Equal((1001, "Shutdown"), (close.CloseCode, close.CloseText));
        }

        using (var late = await gateway.ConnectAsync())
        {
            Assert.Equal(503, late.Status);
            Assert.Equal("1", late.Header("Retry-After"));
        }

        foreach (var client in clients)
        {
            await client.SendCloseAsync(1001);
            Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
            client.Dispose();
        }

        await Patience.For(stopping, "the host to stop");
        Assert.Equal(20, gateway.Backend.Of("DISCONNECT").Select(call => call.ConnectionId).Distinct().Count());
        Assert.Equal(20, gateway.Backend.Of("DISCONNECT").Count());
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>A client whose $connect was under way when its stage was removed finds nothing to stay for.</summary>
    [Fact]
    public async Task Closes_ClientThatOpens_AfterItsStageWasRemoved()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        var yes = new TaskCompletionSource<BackendAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Backend.Answer = call => call.EventType == "CONNECT" ? yes.Task : Task.FromResult(BackendAnswer.Ok);
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(System.Text.Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        _ = await gateway.Backend.NextAsync("CONNECT");
        Assert.Empty(gateway.Gateway.Apply(Configurations.Http(gateway.Backend.Uri, static stage => stage with { Name = "other" })));
        yes.SetResult(BackendAnswer.Ok);
        await client.ReadHeadAsync();

        Assert.Equal(101, client.Status);
        Assert.Equal(1001, (await client.ReadCloseAsync()).CloseCode);
        await client.SendCloseAsync(1001);
        Assert.Equal("1001", (await gateway.Backend.NextAsync("DISCONNECT")).Headers["x-rg-disconnect-status-code"]);
    }

    private static StageLimits LimitsFor(string how, StageLimits limits) => how switch
    {
        "silent" => limits,
        "idle" => limits with { PingInterval = TimeSpan.Zero, MaxLifetime = TimeSpan.Zero },
        "too old" => limits with { PingInterval = TimeSpan.Zero, IdleTimeout = TimeSpan.Zero },
        _ => limits with { PingInterval = TimeSpan.Zero, MaxFragments = 3 },
    };

    private static async Task EndAsync(string how, TestGateway gateway, RawWebSocket client)
    {
        switch (how)
        {
            case "close with status and reason":
                await client.CloseAsync(4001, "see you");
                break;
            case "close with status":
                await client.CloseAsync(1001);
                break;
            case "close without status":
                await client.SendBytesAsync(RawWebSocket.Frame(Op.Close, []));
                break;
            case "reset":
                client.Reset();
                break;
            case "finish":
                client.Finish();
                break;
            case "reset after a message":
                await client.SendTextAsync("""{"action":"one"}""");
                client.Reset();
                break;
            case "unmasked":
                await EndByViolationAsync(client, RawWebSocket.Frame(Op.Text, "x"u8, isMasked: false));
                break;
            case "binary":
                await EndByViolationAsync(client, RawWebSocket.Frame(Op.Binary, "x"u8));
                break;
            case "bad text":
                await EndByViolationAsync(client, RawWebSocket.Frame(Op.Text, [0xff]));
                break;
            case "too big":
                await EndByViolationAsync(client, RawWebSocket.Frame(Op.Text, new byte[32_769]));
                break;
            case "pings":
                await EndByViolationAsync(client, [.. Enumerable.Repeat(RawWebSocket.Frame(Op.Ping, []), 51).SelectMany(frame => frame)]);
                break;
            case "fragments":
                await EndByViolationAsync(client, [
                    .. RawWebSocket.Frame(Op.Text, [], false),
                    .. Enumerable.Repeat(RawWebSocket.Frame(Op.Continuation, [], false), 3).SelectMany(frame => frame)]);
                break;
            case "stage removed":
                Assert.Empty(gateway.Gateway.Apply(Configurations.Http(gateway.Backend.Uri, static stage => stage with { Name = "other" })));
                await AnswerCloseAsync(client, 1001, "Going away");
                break;
            default:
                await EndByTimeOrOperatorAsync(how, gateway, client);
                break;
        }
    }

    private static async Task EndByTimeOrOperatorAsync(string how, TestGateway gateway, RawWebSocket client)
    {
        switch (how)
        {
            case "idle":
                gateway.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
                Assert.True(gateway.TheConnection().IsOpen);
                gateway.Advance(TimeSpan.FromMilliseconds(1));
                await AnswerCloseAsync(client, 1001, "Going away");
                break;
            case "too old":
                gateway.Advance(TimeSpan.FromHours(2) - TimeSpan.FromMilliseconds(1));
                Assert.True(gateway.TheConnection().IsOpen);
                gateway.Advance(TimeSpan.FromMilliseconds(1));
                await AnswerCloseAsync(client, 1001, "Going away");
                break;
            case "silent":
                gateway.Advance(TimeSpan.FromSeconds(30));
                Assert.Equal(Op.Ping, (await client.ReadFrameAsync())!.Opcode);
                gateway.Advance(TimeSpan.FromSeconds(19));
                Assert.True(gateway.TheConnection().IsOpen);
                gateway.Advance(TimeSpan.FromSeconds(1));
                _ = await client.ReadEndAsync();
                break;
            case "delete":
                await DeleteAsync(gateway);
                await AnswerCloseAsync(client, 1000, "Connection Closed Normally");
                break;
            case "delete, not answered":
                await DeleteAsync(gateway);
                Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
                gateway.Advance(TimeSpan.FromSeconds(5));
                _ = await client.ReadEndAsync();
                break;
            case "delete, answered with another status":
                await DeleteAsync(gateway);
                Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
                await client.SendCloseAsync(3000, "mine");
                Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
                break;
            case "delete, answered by reset":
                await DeleteAsync(gateway);
                Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
                client.Reset();
                break;
            case "host stops":
                var stopping = gateway.StopAsync();
                await AnswerCloseAsync(client, 1001, "Shutdown");
                await Patience.For(stopping, "the host to stop");
                break;
            case "host stops, not answered":
                await Patience.For(gateway.StopAsync(), "the host to stop");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, "No such end.");
        }
    }

    private static async Task DeleteAsync(TestGateway gateway)
    {
        using var answer = await gateway.Http.DeleteAsync(
            new Uri($"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task EndByViolationAsync(RawWebSocket client, byte[] bytes)
    {
        await client.SendBytesAsync(bytes);
        while ((await client.ReadFrameAsync())!.Opcode != Op.Close)
        {
        }

        await client.SendCloseAsync(1000);
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
    }

    private static async Task AnswerCloseAsync(RawWebSocket client, int code, string reason)
    {
        var close = await client.ReadCloseAsync();
        Assert.Equal((code, reason), (close.CloseCode, close.CloseText));
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Close, close.Payload));
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
    }
}
