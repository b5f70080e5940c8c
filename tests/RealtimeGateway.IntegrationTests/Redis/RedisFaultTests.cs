using System.Threading.Channels;
using RealtimeGateway.Cluster;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>Redis dies, is emptied, freezes and comes back; each test has servers of its own to harm.</summary>
public sealed class RedisFaultTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Sentinel)]
    [InlineData(Topology.Cluster)]
    public async Task FailOver_IsAnotherRunAndTheBusIsBackWithConnected(Topology topology)
    {
        await using var deployment = await RedisDeployment.StartAsync(topology);
        await using var a = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        await using var b = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        var received = Channel.CreateUnbounded<byte>();
        await b.Backplane.ListenAsync(2, batch => received.Writer.TryWrite(batch.Span[0]), Cancellation);
        var before = (await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).View.Run;
        var (connectionsOfA, connectionsOfB) = (a.ConnectionCount, b.ConnectionCount);

        var started = TimeProvider.System.GetTimestamp();
        await deployment.FailOverAsync(a.Link.Keys.Nodes);
        await Patience.Until(() => a.ConnectionCount > connectionsOfA && b.ConnectionCount > connectionsOfB, "both nodes are connected again");

        // Connected means: what is sent now arrives.
        await a.Backplane.SendAsync(2, new byte[] { 42 });
        Assert.Equal(42, await Patience.For(received.Reader.ReadAsync(Cancellation).AsTask(), "the batch"));
        var after = "";
        await UntilAsync(async () => (after = (await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).View.Run) != "");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{topology}: back after {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:n0} ms, the start of the server or its successor's election included");
        Assert.NotEqual(before, after);
        await UntilAsync(async () => (await b.Backplane.ReadFleetAsync(Cancellation)).Run == after);
    }

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Cluster)]
    public async Task FlushAll_IsAnotherRun(Topology topology)
    {
        await using var deployment = await RedisDeployment.StartAsync(topology);
        await using var a = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        await using var b = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        var before = (await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).View;
        Assert.Equal(before.Run, (await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).View.Run);

        await deployment.FlushAsync();

        var after = (await b.Backplane.RenewAsync(Node(2), Lease, Cancellation)).View;
        Assert.NotEqual(before.Run, after.Run);
        Assert.Equal([2u], after.Nodes.Select(node => node.Incarnation));
        Assert.Equal(after.Run, (await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).View.Run);
    }

    [Fact]
    public async Task Away_EverythingFailsAtOnceAndComesBackByItself()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using var a = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        await a.Backplane.ListenAsync(1, static _ => { }, Cancellation);
        await a.Backplane.RenewAsync(Node(1), Lease, Cancellation);
        var connections = a.ConnectionCount;

        await deployment.Server.KillAsync();
        await Patience.Until(() => !a.Backplane.IsConnected, "the loss is seen");

        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(SendResult.NotSent, await a.Backplane.SendAsync(1, new byte[] { 1 }));
        await Assert.ThrowsAsync<BackplaneException>(async () => await a.Backplane.RenewAsync(Node(1), Lease, Cancellation));
        await Assert.ThrowsAsync<BackplaneException>(async () => await a.Backplane.ReadFleetAsync(Cancellation));
        await Assert.ThrowsAsync<BackplaneException>(async () => await a.Backplane.WriteRecordsAsync(1, [], [], Cancellation));
        await Assert.ThrowsAsync<BackplaneException>(async () => await a.Backplane.ReadRecordIdsAsync(1, Cancellation));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 1);

        // Longer than the link waits for its multiplexer, so that it begins anew as well.
        await Task.Delay(TimeSpan.FromSeconds(11), Cancellation);
        Assert.Equal(connections, a.ConnectionCount);
        await deployment.Server.StartAgainAsync();
        started = TimeProvider.System.GetTimestamp();
        await Patience.Until(() => a.ConnectionCount > connections, "the node is connected again");
        TestContext.Current.TestOutputHelper!.WriteLine($"back {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:n0} ms after Redis");
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 3);
        Assert.False((await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).IsCondemned);
        Assert.Equal(SendResult.Unknown, await a.Backplane.SendAsync(1, new byte[] { 1 }));
    }

    [Fact]
    public async Task Start_BeforeRedis_ConnectsWhenItComes()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var node = new RedisNode(server.Address, "rg");
        var received = 0;
        var exception = await Assert.ThrowsAsync<BackplaneException>(async () => await node.Backplane.ListenAsync(1, _ => Interlocked.Increment(ref received), Cancellation));
        Assert.Contains("begins when it can", exception.Message, StringComparison.Ordinal);
        Assert.False(node.Backplane.IsConnected);

        await server.StartAgainAsync();
        await Patience.Until(() => node.ConnectionCount == 1, "Redis is there");

        Assert.Equal(SendResult.Unknown, await node.Backplane.SendAsync(1, new byte[] { 1 }));
        await Patience.Until(() => Volatile.Read(ref received) == 1, "the batch arrives");
    }

    [Fact]
    public async Task Frozen_CallsEndInTimeOnFewThreadsAndGoOnAfterwards()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using var a = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        await a.Backplane.ListenAsync(1, static _ => { }, Cancellation);
        await a.Backplane.RenewAsync(Node(1), Lease, Cancellation);
        var threads = ThreadPool.ThreadCount;

        deployment.Server.Freeze();
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            var calls = Enumerable.Range(0, 500).Select(async _ =>
                await Assert.ThrowsAsync<BackplaneException>(async () => await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)));
            await Patience.For(Task.WhenAll(calls), "all calls to end");
            Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 3);
            Assert.InRange(ThreadPool.ThreadCount - threads, -100, 19);
            Assert.Equal(SendResult.Unknown, await a.Backplane.SendAsync(1, new byte[] { 1 }));
        }
        finally
        {
            deployment.Server.Thaw();
        }

        await UntilAsync(async () => !(await a.Backplane.RenewAsync(Node(1), Lease, Cancellation)).IsCondemned);
    }

    [Fact]
    public async Task Cancelled_CallEndsAtOnce()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using var a = await RedisNode.ConnectAsync(deployment.ConnectionString, "rg");
        deployment.Server.Freeze();
        try
        {
            using var cancel = new CancellationTokenSource();
            var call = a.Backplane.ReadFleetAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }
        finally
        {
            deployment.Server.Thaw();
        }
    }

    private static NodeAnnouncement Node(uint incarnation) => new(incarnation, "node", DateTimeOffset.UnixEpoch, 0, false);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            // Right after a failover, or on a busy machine, an answer may still take longer than a command's second.
            try
            {
                if (await condition())
                {
                    return;
                }

                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience.Limit, "It has not become true.");
            }
            catch (BackplaneException) when (TimeProvider.System.GetElapsedTime(started) < Patience.Limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
            }
        }
    }
}
