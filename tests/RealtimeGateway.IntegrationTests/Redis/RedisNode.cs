using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Cluster;
using RealtimeGateway.Redis;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>One node's way to Redis, as the gateway makes it.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private int _connections;

    public RedisNode(string connectionString, string prefix)
    {
        Assert.True(RedisConnectionString.TryParse(connectionString, out var options, out var problem), problem);
        Link = new RedisLink(options, new RedisKeys(prefix), TimeProvider.System, NullLogger<RedisLink>.Instance);
        Link.Connected += () => Interlocked.Increment(ref _connections);
        Backplane = new RedisBackplane(Link);
    }

    public RedisLink Link { get; }

    public IBackplane Backplane { get; }

    /// <summary>How often <see cref="IBackplane.Connected"/> was raised.</summary>
    public int ConnectionCount => Volatile.Read(ref _connections);

    /// <summary>A node that Redis has answered already.</summary>
    public static async Task<RedisNode> ConnectAsync(string connectionString, string prefix)
    {
        var node = new RedisNode(connectionString, prefix);
        Assert.True(await node.Link.WaitConnectedAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken), "Redis did not come.");
        return node;
    }

    /// <summary>A prefix that no other test has.</summary>
    public static string NewPrefix() => $"test-{Guid.NewGuid():n}";

    public async ValueTask DisposeAsync()
    {
        await Backplane.DisposeAsync();
        await Link.DisposeAsync();
    }
}
