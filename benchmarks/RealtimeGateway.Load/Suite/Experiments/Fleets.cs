using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite.Experiments;

/// <summary>Several gateways that share a Redis.</summary>
/// <param name="Whole">The first node's addresses, with the processes of all nodes and of Redis.</param>
/// <param name="Nodes">Each node.</param>
internal sealed record Fleets(Subject Whole, IReadOnlyList<Subject> Nodes)
{
    /// <summary>Starts a fleet for <paramref name="use"/>; <see langword="false"/>, with a remark, where it cannot be.</summary>
    public static bool TryUse(Bench bench, int nodes, Action<Fleets> use)
    {
        if (!bench.Gateways.CanCluster())
        {
            bench.Result.Remark("This build of the gateway has no `--redis`: there is no fleet to measure.");
            return false;
        }

        if (bench.Peers.StartRedis() is not { } redis)
        {
            bench.Result.Remark("redis-server is not installed: there is no fleet to measure.");
            return false;
        }

        using var process = redis.Process;
        IEnumerable<Func<Subject?>> starts = Enumerable.Range(0, nodes)
            .Select(_ => (Func<Subject?>)(() => bench.Gateways.Start(new GatewaySettings { Redis = redis.ConnectionString })));
        bench.With(starts, started =>
        {
            var whole = started[0] with { Processes = [.. started.SelectMany(static node => node.Processes), redis.Process] };
            use(new Fleets(whole, started));
        });
        return true;
    }
}
