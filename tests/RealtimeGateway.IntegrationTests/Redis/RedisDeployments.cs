using System.Collections.Concurrent;
using RealtimeGateway.IntegrationTests.Redis;

[assembly: AssemblyFixture(typeof(RedisDeployments))]

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>One deployment of each topology for all tests that harm none; each test has a key prefix of its own.</summary>
public sealed class RedisDeployments : IAsyncLifetime
{
    private readonly ConcurrentDictionary<Topology, Lazy<Task<RedisDeployment>>> _started = new();

    internal Task<RedisDeployment> GetAsync(Topology topology) =>
        _started.GetOrAdd(topology, static topology => new Lazy<Task<RedisDeployment>>(() => RedisDeployment.StartAsync(topology))).Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var started in _started.Values)
        {
            if (started.Value.IsCompletedSuccessfully)
            {
                await (await started.Value).DisposeAsync();
            }
        }
    }
}
