using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Redis;
using RealtimeGateway.Tests.Store;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>What every store does, in Redis.</summary>
public sealed class RedisApiStoreTests(RedisDeployments deployments) : ApiStoreSpecification, IAsyncLifetime
{
    private readonly string _prefix = RedisNode.NewPrefix();
    private RedisNode? _node;

    public async ValueTask InitializeAsync() =>
        _node = await RedisNode.ConnectAsync((await deployments.GetAsync(Topology.Standalone)).ConnectionString, _prefix);

    public ValueTask DisposeAsync() => _node?.DisposeAsync() ?? ValueTask.CompletedTask;

    private protected override IApiStore Open() => new RedisApiStore(_node!.Link, TimeProvider.System, NullLogger<RedisApiStore>.Instance);
}
