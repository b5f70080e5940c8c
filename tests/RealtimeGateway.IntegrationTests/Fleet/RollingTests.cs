using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Scale;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>Three nodes replaced one after the other behind a load balancer, under a load of pushes and of clients that come back.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class RollingTests(ITestOutputHelper output)
{
    private const int PerNode = 1_000;

    /// <summary>P7 and P1 through a rolling deployment: every client is told 1001 in its turn and comes back elsewhere; no push to a client that is there fails.</summary>
    [Fact]
    public async Task Roll_OfThreeNodesUnderLoad_LosesNothing()
    {
        DescriptorLimit.RaiseTo(20_000);
        await using var redis = await RedisServer.StartAsync();
        await using var bed = await FleetBed.StartAsync(3, _ => redis.Address, "--drain-time", "8");
        await bed.WaitForFleetAsync();
        await using var balancer = await LoadBalancer.StartAsync(bed.Nodes);
        var clients = new RollingClients(balancer.Port);
        await clients.ConnectAsync(3 * PerNode);
        await using var load = PushLoad.Start(clients.Snapshot, () => bed.Nodes, 200);

        foreach (var old in bed.Nodes)
        {
            bed.Forget(old);
            var started = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, await old.StopAsync(TimeSpan.FromSeconds(60)));
            output.WriteLine($"node {old.Index} stopped after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s");
            var fresh = await bed.StartNodeAsync(old.Index);
            await fresh.ReadyAsync();
        }

        await Patience.Until(() => clients.Open.Count == 3 * PerNode, "every client is back");
        await load.StopAsync();
        output.WriteLine(load.Summary());
        output.WriteLine($"{clients.Ended.Count} sockets closed, {clients.Refused} handshakes refused on the way");
        Assert.True(clients.Ended.Count >= 3 * PerNode, "Each client was on a node that went.");
        Assert.All(clients.Ended, client => Assert.Equal(1001, client.CloseCode));
        await Patience.Until(() => bed.Ends.Count >= clients.Ended.Count, "every end is told");
        Assert.Equal(clients.Ended.Select(client => client.Id).Order(), bed.Ends.Select(group => group.Key).Order());
        Assert.All(bed.Ends, group => Assert.Single(group));
        await load.AssertDeliveredOnceAsync();
        // 410 is the truth about a connection that has just ended; nothing may fail in between.
        Assert.DoesNotContain(load.Pushes, push => push.Answer.Status is not (200 or 410));
        clients.Dispose();
    }
}
