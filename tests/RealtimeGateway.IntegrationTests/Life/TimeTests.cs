using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Life;

/// <summary>
/// What keeps a connection open and what does not; 10 minutes idle and 2 hours of life are Amazon's quotas
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
/// </summary>
public sealed class TimeTests
{
    [Theory]
    [InlineData("message", true)]
    [InlineData("push", true)]
    [InlineData("ping", false)]
    [InlineData("pong", false)]
    [InlineData("get", false)]
    [InlineData("unfinished message", false)]
    public async Task Restarts_IdleTime_OnMessagesOnly(string what, bool restarts)
    {
        await using var gateway = await StartAsync(static limits => limits);
        using var client = await gateway.ConnectAsync();
        gateway.Advance(TimeSpan.FromMinutes(9));
        await DoAsync(what, gateway, client);
        gateway.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(restarts, gateway.TheConnection().IsOpen);
        if (restarts)
        {
            gateway.Advance(TimeSpan.FromMinutes(8));
            Assert.True(gateway.TheConnection().IsOpen);
            gateway.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1001, (await client.ReadCloseAsync()).CloseCode);
    }

    [Fact]
    public async Task Restarts_IdleTime_OnPings_WhereTheStageSaysSo()
    {
        await using var gateway = await StartAsync(static limits => limits with { PingsKeepAlive = true });
        using var client = await gateway.ConnectAsync();
        gateway.Advance(TimeSpan.FromMinutes(9));
        await DoAsync("ping", gateway, client);
        gateway.Advance(TimeSpan.FromMinutes(9));
        Assert.True(gateway.TheConnection().IsOpen);
    }

    [Fact]
    public async Task Ends_Life_HoweverActive()
    {
        await using var gateway = await StartAsync(static limits => limits);
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 23; i++)
        {
            gateway.Advance(TimeSpan.FromMinutes(5));
            await DoAsync("message", gateway, client);
        }

        Assert.True(gateway.TheConnection().IsOpen);
        gateway.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((1001, "Going away"), await CloseOf(client));
    }

    [Fact]
    public async Task Closes_Nothing_WhereBoundsAreOff()
    {
        await using var gateway = await StartAsync(static limits => limits with { IdleTimeout = TimeSpan.Zero, MaxLifetime = TimeSpan.Zero });
        using var client = await gateway.ConnectAsync();
        gateway.Advance(TimeSpan.FromDays(30));
        Assert.True(gateway.TheConnection().IsOpen);
    }

    /// <summary>RFC 6455 §5.5.2: a ping asks whether the peer lives; any bytes answer.</summary>
    [Theory]
    [InlineData("pong")]
    [InlineData("message")]
    [InlineData("ping")]
    public async Task Pings_AfterSilence_AndAnythingHeardCounts(string answer)
    {
        var ping = TimeSpan.FromSeconds(30);
        await using var gateway = await StartAsync(limits => limits with { PingInterval = ping });
        using var client = await gateway.ConnectAsync();
        for (var round = 0; round < 5; round++)
        {
            gateway.Advance(ping - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, client.Socket.Available);
            gateway.Advance(TimeSpan.FromMilliseconds(1));
            var frame = await client.ReadFrameAsync();
            Assert.Equal(Op.Ping, frame!.Opcode);
            gateway.Advance(TimeSpan.FromSeconds(19));
            await DoAsync(answer, gateway, client);
            gateway.Advance(TimeSpan.FromSeconds(2));
            Assert.True(gateway.TheConnection().IsOpen);
            await DoAsync(answer, gateway, client);
        }
    }

    /// <summary>While the gateway itself does not read, the client's silence says nothing.</summary>
    [Fact]
    public async Task Pings_NotAConnectionWhoseReaderWaits()
    {
        await using var gateway = await TestGateway.StartAsync(
            static backend => Configurations.Http(backend, static stage => stage with { Limits = stage.Limits with { IdleTimeout = TimeSpan.Zero } }),
            new FakeTimeProvider(DateTimeOffset.UtcNow));
        var answer = new TaskCompletionSource<BackendAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Backend.Answer = call => call.EventType == "MESSAGE" ? answer.Task : Task.FromResult(BackendAnswer.Ok);
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"serial"}""");
        _ = await gateway.Backend.NextAsync("MESSAGE");
        await Patience.Until(() => gateway.TheConnection().IsReadPaused, "the reader waits");
        gateway.Advance(TimeSpan.FromSeconds(25));
        Assert.True(gateway.TheConnection().IsOpen);
        gateway.Advance(TimeSpan.FromSeconds(3));
        Assert.True(gateway.TheConnection().IsOpen);
        answer.SetResult(BackendAnswer.Of("done"));
        Assert.Equal("done", await client.ReadTextAsync());
    }

    private static async Task<(int Code, string Text)> CloseOf(RawWebSocket client)
    {
        while (true)
        {
            var frame = await client.ReadFrameAsync();
            Assert.NotNull(frame);
            if (frame.Opcode == Op.Close)
            {
                return (frame.CloseCode, frame.CloseText);
            }
        }
    }

    private static Task<TestGateway> StartAsync(Func<StageLimits, StageLimits> limits) => TestGateway.StartAsync(
        _ => Configurations.Silent(stage => stage with { Limits = limits(stage.Limits with { PingInterval = TimeSpan.Zero }) }),
        new FakeTimeProvider(DateTimeOffset.UtcNow));

    /// <summary>Does something and waits until the gateway has taken note of it.</summary>
    private static async Task DoAsync(string what, TestGateway gateway, RawWebSocket client)
    {
        var path = new Uri($"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}", UriKind.Relative);
        var cancel = TestContext.Current.CancellationToken;
        switch (what)
        {
            case "push":
                using (var answer = await gateway.Http.PostAsync(path, new StringContent("x"), cancel))
                {
                    Assert.Equal(200, (int)answer.StatusCode);
                }

                Assert.Equal("x", await client.ReadTextAsync());
                return;
            case "get":
                _ = await gateway.Http.GetStringAsync(path, cancel);
                return;
            case "message":
                await client.SendTextAsync("x");
                break;
            case "pong":
                await client.SendBytesAsync(RawWebSocket.Frame(Op.Pong, []));
                break;
            case "unfinished message":
                await client.SendBytesAsync(RawWebSocket.Frame(Op.Text, "x"u8, isFinal: false));
                break;
        }

        // The answer to a ping tells that what came before it was read.
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Ping, "?"u8));
        Assert.Equal(Op.Pong, (await client.ReadFrameAsync())!.Opcode);
    }
}
