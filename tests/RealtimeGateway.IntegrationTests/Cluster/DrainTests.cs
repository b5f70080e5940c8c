using System.Net;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Cluster;

/// <summary>How a node leaves, over real sockets and a clock that the test drives.</summary>
public sealed class DrainTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_WithClients_ClosesThemSpreadOverTheTime()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = await StartAsync(clock, spread: 20);
        var clients = await ConnectAsync(gateway, 20);

        var stopping = gateway.Drain.StopAsync(Cancellation);
        await AdvanceAsync(gateway, 10, () => gateway.Connections.Count == 10);
        Assert.False(stopping.IsCompleted);
        await AdvanceAsync(gateway, 11, () => gateway.Connections.Count == 0);

        await AdvanceUntilAsync(gateway, stopping);
        Assert.True(await stopping);
        foreach (var client in clients)
        {
            var close = await client.Closed;
            Assert.Equal((1001, "Shutdown"), (close.CloseCode, close.CloseText));
        }

        Assert.Equal(20, gateway.Backend.Of("DISCONNECT").Count());
    }

    [Fact]
    public async Task Stop_WithinTheDelay_IsNotReadyAndClosesNobody()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 1, delay: 5);
        await ConnectAsync(gateway, 1);

        var stopping = gateway.Drain.StopAsync(Cancellation);
        Assert.False(gateway.Gateway.IsReady);
        await AdvanceAsync(gateway, 4, () => true);
        Assert.Equal(1, gateway.Connections.Count);

        await AdvanceAsync(gateway, 3, () => gateway.Connections.Count == 0);
        await AdvanceUntilAsync(gateway, stopping);
    }

    [Fact]
    public async Task Stop_WhileDraining_RefusesNewClients()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 60);
        Assert.True(gateway.Drain.Begin());

        using var late = await gateway.ConnectAsync();

        Assert.Equal((503, "1", "close"), (late.Status, late.Header("Retry-After"), late.Header("Connection")));
        Assert.Empty(gateway.Backend.Of("CONNECT"));
    }

    [Fact]
    public async Task Stop_ConnectUnderWay_IsClosedWhenItHasOpened()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 60);
        var release = new TaskCompletionSource();
        gateway.Backend.Answer = async call =>
        {
            await (call.EventType == "CONNECT" ? release.Task : Task.CompletedTask);
            return BackendAnswer.Ok;
        };
        var connecting = gateway.ConnectAsync();
        await gateway.Backend.NextAsync("CONNECT");

        Assert.True(gateway.Drain.Begin());
        release.SetResult();

        using var client = await connecting;
        Assert.Equal(1001, (await client.ReadCloseAsync()).CloseCode);
        await client.SendCloseAsync(1001);
        await gateway.Backend.NextAsync("DISCONNECT");
    }

    [Fact]
    public async Task Stop_ClientsLeave_EndsEarlier()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 3600);
        var clients = await ConnectAsync(gateway, 3, answers: false);

        var stopping = gateway.Drain.StopAsync(Cancellation);
        foreach (var client in clients)
        {
            await client.Socket.SendCloseAsync(1000);
        }

        await gateway.CountAsync(0);
        await AdvanceAsync(gateway, 2, () => stopping.IsCompleted);
        Assert.True(await stopping);
    }

    [Fact]
    public async Task Stop_MessageAtItsIntegration_IsFinished()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 0, finish: 30);
        var release = new TaskCompletionSource();
        gateway.Backend.Answer = async call =>
        {
            await (call.EventType == "MESSAGE" ? release.Task : Task.CompletedTask);
            return BackendAnswer.Ok;
        };
        var client = Assert.Single(await ConnectAsync(gateway, 1));
        await client.Socket.SendTextAsync("""{"action":"one"}""");
        await gateway.Backend.NextAsync("MESSAGE");

        var stopping = gateway.Drain.StopAsync(Cancellation);
        await gateway.Backend.NextAsync("DISCONNECT");
        await AdvanceAsync(gateway, 20, () => gateway.Connections.Count == 0);
        Assert.False(stopping.IsCompleted);

        release.SetResult();
        await AdvanceUntilAsync(gateway, stopping);
        Assert.True(await stopping);
    }

    [Fact]
    public async Task Stop_DisconnectIsNotAnswered_TellsThatOthersMustTellIt()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 0, finish: 10);
        var release = new TaskCompletionSource();
        gateway.Backend.Answer = async call =>
        {
            await (call.EventType == "DISCONNECT" ? release.Task : Task.CompletedTask);
            return BackendAnswer.Ok;
        };
        await ConnectAsync(gateway, 1);

        var stopping = gateway.Drain.StopAsync(Cancellation);
        await gateway.Backend.NextAsync("DISCONNECT");
        await AdvanceUntilAsync(gateway, stopping);

        Assert.False(await stopping);
        release.SetResult();
    }

    [Fact]
    public async Task Abort_WhileDraining_CutsEverythingAtOnce()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 3600, finish: 3600);
        var clients = await ConnectAsync(gateway, 3, answers: false);
        gateway.Backend.Answer = async _ =>
        {
            await Task.Delay(Timeout.Infinite, Cancellation);
            return BackendAnswer.Ok;
        };

        var stopping = gateway.Drain.StopAsync(Cancellation);
        gateway.Drain.Abort();

        Assert.False(await Patience.For(stopping, "the end"));
        foreach (var client in clients)
        {
            _ = await Patience.For(client.Socket.ReadEndAsync(), "the end of the socket");
        }
    }

    [Fact]
    public async Task Stop_HostLosesPatience_IsCutShort()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 3600);
        await ConnectAsync(gateway, 2, answers: false);
        using var patience = new CancellationTokenSource();

        var stopping = gateway.Drain.StopAsync(patience.Token);
        await patience.CancelAsync();

        await Patience.For(stopping, "the end");
        await gateway.CountAsync(0);
    }

    [Fact]
    public async Task TakeBack_HalfWay_KeepsTheRestAndTakesNewClients()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 60);
        await ConnectAsync(gateway, 10);

        Assert.True(gateway.Drain.Begin(TimeSpan.FromSeconds(10)));
        Assert.False(gateway.Drain.Begin());
        await AdvanceAsync(gateway, 5, () => gateway.Connections.Count == 5);
        Assert.True(gateway.Drain.TryTakeBack());
        await AdvanceAsync(gateway, 20, () => true);

        Assert.True(gateway.Gateway.IsReady);
        Assert.Equal(5, gateway.Connections.Count);
        using var another = await gateway.ConnectAsync();
        Assert.Equal(101, another.Status);
    }

    [Fact]
    public async Task Stop_DrainHasBegun_TakesTheTimeThatIsLeftOfIt()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 1000);
        await ConnectAsync(gateway, 10);

        Assert.True(gateway.Drain.Begin(TimeSpan.FromSeconds(20)));
        await AdvanceAsync(gateway, 10, () => gateway.Connections.Count == 5);
        var stopping = gateway.Drain.StopAsync(Cancellation);
        Assert.False(gateway.Drain.TryTakeBack());
        await AdvanceAsync(gateway, 11, () => gateway.Connections.Count == 0);

        await AdvanceUntilAsync(gateway, stopping);
        Assert.True(await stopping);
    }

    /// <summary>Kubernetes lets the pod drain before it sends its signal, both at almost the same moment.</summary>
    [Fact]
    public async Task Stop_DrainWaits_WaitsForTheRestOfItsDelay()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 2, delay: 10);
        await ConnectAsync(gateway, 1);

        Assert.True(gateway.Drain.Begin());
        await AdvanceAsync(gateway, 4, () => true);
        var stopping = gateway.Drain.StopAsync(Cancellation);
        await AdvanceAsync(gateway, 5, () => true);
        Assert.Equal(1, gateway.Connections.Count);

        await AdvanceAsync(gateway, 4, () => gateway.Connections.Count == 0);
        await AdvanceUntilAsync(gateway, stopping);
    }

    [Fact]
    public async Task Rebalance_ToANumber_ShedsTheSurplusAtItsRate()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 0);
        await ConnectAsync(gateway, 12);

        Assert.Equal(8, gateway.Rebalance.Start(target: 4, ratePerSecond: 2));
        await AdvanceAsync(gateway, 2, () => gateway.Connections.Count == 8);
        Assert.Equal(4, gateway.Rebalance.Left);
        await AdvanceAsync(gateway, 2, () => gateway.Connections.Count == 4);
        await AdvanceAsync(gateway, 10, () => true);

        Assert.Equal((4, 0), (gateway.Connections.Count, gateway.Rebalance.Left));
        Assert.True(gateway.Gateway.IsReady);
        Assert.Equal(0, gateway.Rebalance.Start(target: 4, ratePerSecond: 2));
    }

    [Fact]
    public async Task Rebalance_CalledOff_ShedsNoMore()
    {
        await using var gateway = await StartAsync(new FakeTimeProvider(), spread: 0);
        await ConnectAsync(gateway, 10);

        gateway.Rebalance.Start(target: 0, ratePerSecond: 1);
        await AdvanceAsync(gateway, 3, () => gateway.Connections.Count == 7);
        gateway.Rebalance.Stop();
        await AdvanceAsync(gateway, 10, () => true);

        Assert.Equal((7, 0), (gateway.Connections.Count, gateway.Rebalance.Left));
    }

    private static Task<TestGateway> StartAsync(FakeTimeProvider clock, double spread, double delay = 0, double finish = 10) => TestGateway.StartAsync(
        backend => Configurations.Http(backend, stage => stage with { Limits = stage.Limits with { IdleTimeout = TimeSpan.Zero, PingInterval = TimeSpan.Zero } }),
        clock,
        TimeSpan.FromSeconds(finish),
        options: options => (options.DrainDelay, options.DrainTime) = (TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(spread)));

    /// <summary>Connects clients; those that answer do so as soon as they get a close frame.</summary>
    private static async Task<IReadOnlyList<Client>> ConnectAsync(TestGateway gateway, int count, bool answers = true)
    {
        var clients = new List<Client>();
        for (var i = 0; i < count; i++)
        {
            var socket = await gateway.ConnectAsync();
            Assert.Equal(101, socket.Status);
            clients.Add(new(socket, answers ? AnswerAsync(socket) : Task.FromResult(new RawFrame(0, true, [], false, 0))));
        }

        await gateway.CountAsync(count);
        return clients;
    }

    private static async Task<RawFrame> AnswerAsync(RawWebSocket socket)
    {
        var close = await socket.ReadCloseAsync();
        await socket.SendCloseAsync(1001);
        return close;
    }

    /// <summary>Moves the clock on in steps small enough for what waits for it, then waits for what that must have led to.</summary>
    private static async Task AdvanceAsync(TestGateway gateway, double seconds, Func<bool> until)
    {
        for (var step = 0; step < seconds * 20; step++)
        {
            gateway.Clock!.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancellation);
        }

        await Patience.Until(until, $"what {seconds} s must have led to is there ({gateway.Connections.Count} connections are)");
    }

    private static async Task AdvanceUntilAsync(TestGateway gateway, Task done)
    {
        for (var step = 0; step < 2000 && !done.IsCompleted; step++)
        {
            gateway.Clock!.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancellation);
        }

        Assert.True(done.IsCompleted, "Still not done after 100 s.");
    }

    private sealed record Client(RawWebSocket Socket, Task<RawFrame> Closed);
}
