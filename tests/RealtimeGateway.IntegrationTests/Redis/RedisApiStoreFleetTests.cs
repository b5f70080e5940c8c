using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Redis;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>Several nodes on one store, and a Redis that loses what it was told.</summary>
public sealed class RedisApiStoreFleetTests(RedisDeployments deployments)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Sentinel)]
    [InlineData(Topology.Cluster)]
    public async Task Write_OnOneNode_IsSignalledToTheOthersAndReadThere(Topology topology)
    {
        var connection = (await deployments.GetAsync(topology)).ConnectionString;
        var prefix = RedisNode.NewPrefix();
        await using var a = await Node.ConnectAsync(connection, prefix);
        await using var b = await Node.ConnectAsync(connection, prefix);
        Assert.Equal(0, (await b.Store.LoadAsync(Cancellation)).Revision);
        var change = b.Store.WaitForChangeAsync(0, Cancellation);

        Assert.Equal(new StoreOutcome(true, 1), await a.WriteAsync(0, "x", "1"));

        Assert.Equal(1, await Patience.For(change, "the change"));
        Assert.Equal(["x=1@1"], await b.ReadAsync());
        Assert.Equal(new StoreOutcome(false, 1), await b.WriteAsync(0, "x", "2"));
        Assert.Equal(new StoreOutcome(true, 2), await b.WriteAsync(1, "y", "2"));
        Assert.Equal(["x=1@1", "y=2@2"], await a.ReadAsync());
    }

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Cluster)]
    public async Task Emptied_NewestNodeWritesBackAndNobodyLosesAnything(Topology topology)
    {
        await using var deployment = await RedisDeployment.StartAsync(topology);
        await using var a = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        await using var b = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        await a.WriteAsync(0, "x", "1");
        await a.WriteAsync(1, "y", "2");
        await Patience.For(b.Store.WaitForChangeAsync(1, Cancellation), "b to follow");

        await deployment.FlushAsync();

        Assert.Equal(["x=1@3", "y=2@3"], await b.ReadAsync());
        Assert.Equal(3, await Patience.For(a.Store.WaitForChangeAsync(2, Cancellation), "a to follow"));
        Assert.Equal(["x=1@3", "y=2@3"], await a.ReadAsync());
        Assert.Equal(new StoreOutcome(true, 4), await a.WriteAsync(3, "x", "4"));
        await using var fresh = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        Assert.Equal(["x=4@4", "y=2@3"], await fresh.ReadAsync());
    }

    [Fact]
    public async Task Emptied_NoticedByAWrite_IsRestoredBeforeItIsWritten()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using var a = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        await a.WriteAsync(0, "x", "1");
        await deployment.FlushAsync();

        Assert.Equal(new StoreOutcome(false, 2), await a.WriteAsync(1, "y", "2"));
        Assert.Equal(new StoreOutcome(true, 3), await a.WriteAsync(2, "y", "2"));
        Assert.Equal(["x=1@2", "y=2@3"], await a.ReadAsync());
    }

    [Fact]
    public async Task Forked_SameRevisionOfAnotherHistory_IsTakenOverUnderANewOne()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using var a = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        await a.WriteAsync(0, "x", "lost");

        // As after a failover: node a is cut off, its write is gone, and another node writes a revision of the same number.
        await a.CutAsync();
        await deployment.FlushAsync();
        await using var b = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        Assert.Equal(new StoreOutcome(true, 1), await b.WriteAsync(0, "x", "kept"));
        var change = a.Store.WaitForChangeAsync(1, Cancellation);
        a.Heal();

        Assert.Equal(["x=kept@2"], await a.ReadAsync());
        Assert.Equal(2, await Patience.For(change, "a to see the change"));
        Assert.Equal(2, await Patience.For(b.Store.WaitForChangeAsync(1, Cancellation), "b to follow"));
        Assert.Equal(["x=kept@2"], await b.ReadAsync());
    }

    [Fact]
    public async Task Away_ReadsKeepTheLastKnownAndWritesFail()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using var a = await Node.ConnectAsync(deployment.ConnectionString, "rg");
        await a.WriteAsync(0, "x", "1");
        await deployment.Server.KillAsync();

        Assert.Equal(["x=1@1"], await a.ReadAsync());
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await a.WriteAsync(1, "y", "2"));
        Assert.Contains("cannot be reached", exception.Message, StringComparison.Ordinal);

        var change = a.Store.WaitForChangeAsync(1, Cancellation);
        await deployment.Server.StartAgainAsync();
        Assert.Equal(2, await Patience.For(change, "the empty Redis to be filled again"));
        Assert.Equal(new StoreOutcome(true, 3), await a.WriteAsync(2, "y", "2"));
    }

    [Fact]
    public async Task Start_WithRedisAway_IsEmptyUntilItComes()
    {
        await using var deployment = await RedisDeployment.StartAsync(Topology.Standalone);
        await using (var a = await Node.ConnectAsync(deployment.ConnectionString, "rg"))
        {
            await a.WriteAsync(0, "x", "1");
        }

        deployment.Server.Freeze();
        var fresh = new Node(new RedisNode(deployment.ConnectionString, "rg"));
        await using (fresh)
        {
            try
            {
                Assert.Equal(0, (await fresh.Store.LoadAsync(Cancellation)).Revision);
            }
            finally
            {
                deployment.Server.Thaw();
            }

            Assert.Equal(1, await Patience.For(fresh.Store.WaitForChangeAsync(0, Cancellation), "the content"));
            Assert.Equal(["x=1@1"], await fresh.ReadAsync());
        }
    }

    /// <summary>A node's store, whose way to Redis can be cut and healed.</summary>
    private sealed class Node(RedisNode redis) : IAsyncDisposable
    {
        public RedisApiStore Store { get; } = new(redis.Link, TimeProvider.System, NullLogger<RedisApiStore>.Instance);

        public static async Task<Node> ConnectAsync(string connection, string prefix) => new(await RedisNode.ConnectAsync(connection, prefix));

        public ValueTask<StoreOutcome> WriteAsync(long revision, string key, string json) =>
            Store.WriteAsync(revision, [new(key, Encoding.UTF8.GetBytes(json))], Cancellation);

        public async Task<string[]> ReadAsync() =>
        [
            .. (await Store.LoadAsync(Cancellation)).Documents
                .Select(document => $"{document.Key}={Encoding.UTF8.GetString(document.Json.Span)}@{document.Revision}").Order(StringComparer.Ordinal),
        ];

        /// <summary>Holds the store's gate, so that it neither reads nor writes.</summary>
        public async Task CutAsync() => await Store.Gate.WaitAsync(Cancellation);

        public void Heal() => Store.Gate.Release();

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            await redis.DisposeAsync();
        }
    }
}
