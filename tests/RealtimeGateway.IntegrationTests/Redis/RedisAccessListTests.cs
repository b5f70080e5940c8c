using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Redis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>The access list that docs/operations.md gives is enough for everything.</summary>
public sealed class RedisAccessListTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Cluster)]
    public async Task DocumentedAccessList_AllowsAllThatTheGatewayDoes(Topology topology)
    {
        await using var deployment = await RedisDeployment.StartAsync(topology);
        foreach (var server in deployment.Servers)
        {
            Assert.StartsWith("+OK", await server.CommandAsync(AccessList()), StringComparison.Ordinal);
        }

        await using var node = await RedisNode.ConnectAsync($"{deployment.ConnectionString},user=gateway,password=PASSWORD", "rg");
        var received = 0;
        await node.Backplane.ListenAsync(1, _ => Interlocked.Increment(ref received), Cancellation);
        var self = new NodeAnnouncement(1, "node", DateTimeOffset.UnixEpoch, 0, false);
        var run = (await node.Backplane.RenewAsync(self, TimeSpan.FromMilliseconds(1), Cancellation)).View.Run;
        Assert.NotEqual('-', run[0]);
        await node.Backplane.SendAsync(1, new byte[] { 1 });
        await Patience.Until(() => Volatile.Read(ref received) == 1, "the batch arrives");
        await node.Backplane.WriteRecordsAsync(1, [new(ConnectionId.Create(1, new byte[9]), new byte[] { 1 })], [ConnectionId.Create(1, [1, 2, 3, 4, 5, 6, 7, 8, 9])], Cancellation);
        Assert.Single(await node.Backplane.ReadRecordsAsync(1, await node.Backplane.ReadRecordIdsAsync(1, Cancellation), Cancellation));
        while (!await node.Backplane.TryCondemnAsync(run, 1, 2, TimeSpan.FromSeconds(9), TimeSpan.FromMinutes(1), Cancellation))
        {
            // The lease of a millisecond runs out in the meantime.
        }

        await node.Backplane.RememberAsync([1], [2], TimeSpan.FromMinutes(1), Cancellation);
        Assert.True(await node.Backplane.TryHoldAsync(1, 2, TimeSpan.FromSeconds(9), Cancellation));
        await node.Backplane.ForgetAsync(1, 2, Cancellation);
        await node.Backplane.ReleaseAsync(3, TimeSpan.FromMinutes(1), Cancellation);
        await node.Backplane.StopListeningAsync(1);

        await using var store = new RedisApiStore(node.Link, TimeProvider.System, NullLogger<RedisApiStore>.Instance);
        Assert.True((await store.WriteAsync(0, [new("x", "{}"u8.ToArray())], Cancellation)).IsWritten);
        Assert.Single((await store.LoadAsync(Cancellation)).Documents);
        await node.Link.RunAsync(database => database.KeyDeleteAsync([node.Link.Keys.StoreState, node.Link.Keys.StoreTokens]), Cancellation);
        Assert.Equal(2, (await store.LoadAsync(Cancellation)).Revision);

        var answer = await new RedisFleetQuotas(node.Link).ExchangeAsync([new("x", 1)], [new("y", default, 0, 1)], Cancellation);
        Assert.Equal((1, 1.0, 1), (answer!.Nodes, answer.Shares[0], answer.Totals[0]));
    }

    private static string AccessList()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "RealtimeGateway.sln")))
        {
            root = root.Parent;
        }

        var text = File.ReadAllText(Path.Combine(root.FullName, "docs", "operations.md"));
        var start = text.IndexOf("ACL SETUSER gateway", StringComparison.Ordinal);
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)].ReplaceLineEndings(" ");
    }
}
