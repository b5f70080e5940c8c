namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>Redis in one of its topologies, each process a real one.</summary>
internal sealed class RedisDeployment : IAsyncDisposable
{
    private const string Service = "gateway";

    private readonly List<RedisServer> _servers = [];
    private readonly List<RedisServer> _sentinels = [];

    private RedisDeployment(Topology topology) => Topology = topology;

    public Topology Topology { get; }

    /// <summary>What the gateway is given.</summary>
    public string ConnectionString => Topology == Topology.Sentinel
        ? $"{string.Join(',', _sentinels.Select(static sentinel => sentinel.Address))},serviceName={Service}"
        : string.Join(',', _servers.Take(3).Select(static server => server.Address));

    /// <summary>All servers, replicas as well.</summary>
    public IReadOnlyList<RedisServer> Servers => _servers;

    /// <summary>The only server, or the first master.</summary>
    public RedisServer Server => _servers[0];

    public static async Task<RedisDeployment> StartAsync(Topology topology)
    {
        var deployment = new RedisDeployment(topology);
        try
        {
            await (topology switch
            {
                Topology.Standalone => deployment.StartStandaloneAsync(),
                Topology.Sentinel => deployment.StartSentinelsAsync(),
                _ => deployment.StartClusterAsync(),
            });
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the master that holds a key; where there is no other server, starts it again, empty.</summary>
    public async Task FailOverAsync(string key)
    {
        var master = await MasterOfAsync(key);
        await master.KillAsync();
        if (Topology == Topology.Standalone)
        {
            await master.StartAgainAsync();
        }
    }

    /// <summary>Starts the servers that were killed again, as replicas of the master that there is now, and waits until they have caught up.</summary>
    public async Task ReviveAsync()
    {
        var master = await MasterOfAsync("any");
        foreach (var server in _servers.Where(static server => !server.IsRunning))
        {
            await server.StartAgainAsync();
            await server.CommandAsync($"REPLICAOF 127.0.0.1 {master.Port}");
            await RedisServer.UntilAsync(
                () => server.CommandAsync("INFO replication"), static reply => reply.Contains("master_link_status:up", StringComparison.Ordinal), "the replica follows");
        }

        foreach (var sentinel in _sentinels)
        {
            await RedisServer.UntilAsync(
                () => sentinel.CommandAsync($"SENTINEL replicas {Service}"),
                reply => reply.Contains("master-link-status\r\n$2\r\nok", StringComparison.Ordinal) && !reply.Contains("s_down", StringComparison.Ordinal),
                "the sentinels know the replica");
        }
    }

    /// <summary>Deletes everything, on every master.</summary>
    public async Task FlushAsync()
    {
        foreach (var server in _servers)
        {
            // Replicas refuse, and follow.
            await server.CommandAsync("FLUSHALL");
        }
    }

    /// <summary>The server that holds a key.</summary>
    public async Task<RedisServer> MasterOfAsync(string key)
    {
        switch (Topology)
        {
            case Topology.Standalone:
                return _servers[0];
            case Topology.Sentinel:
                RedisServer? master = null;
                foreach (var sentinel in _sentinels)
                {
                    // Each learns of a new master in its own time, and one that has not would make the servers it watches follow the old one again.
                    var told = await RedisServer.UntilAsync(
                        () => sentinel.CommandAsync($"SENTINEL get-master-addr-by-name {Service}"), reply => NamedBy(reply) is { IsRunning: true }, "the sentinels name a master that lives");
                    master = NamedBy(told);
                }

                return master!;
            default:
                foreach (var server in _servers)
                {
                    // A server that does not hold the slot answers MOVED, a replica as well.
                    if (!(await server.CommandAsync($"EXISTS {key}")).Contains("MOVED", StringComparison.Ordinal))
                    {
                        return server;
                    }
                }

                throw new InvalidOperationException($"Nobody holds {key}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _sentinels.Concat(_servers))
        {
            await process.DisposeAsync();
        }
    }

    private RedisServer? NamedBy(string reply) => _servers.SingleOrDefault(server => reply.Contains($"\r\n{server.Port}\r\n", StringComparison.Ordinal));

    private async Task StartStandaloneAsync() => _servers.Add(await RedisServer.StartAsync());

    private async Task StartSentinelsAsync()
    {
        _servers.Add(await RedisServer.StartAsync());
        _servers.Add(await RedisServer.StartAsync("--replicaof", "127.0.0.1", $"{_servers[0].Port}"));
        await RedisServer.UntilAsync(
            () => _servers[1].CommandAsync("INFO replication"), static reply => reply.Contains("master_link_status:up", StringComparison.Ordinal), "the replica follows");
        for (var i = 0; i < 3; i++)
        {
            _sentinels.Add(await RedisServer.StartSentinelAsync(Service, _servers[0].Port));
        }

        foreach (var sentinel in _sentinels)
        {
            await RedisServer.UntilAsync(
                () => sentinel.CommandAsync($"SENTINEL master {Service}"),
                static reply => Field(reply, "num-slaves") == "1" && Field(reply, "num-other-sentinels") == "2",
                "the sentinels know each other and the replica");
        }
    }

    private async Task StartClusterAsync()
    {
        for (var i = 0; i < 6; i++)
        {
            _servers.Add(await RedisServer.StartAsync(
                "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", $"{RedisServer.FreePort()}", "--cluster-replica-validity-factor", "0"));
        }

        int[] bounds = [0, 5461, 10923, 16384];
        for (var i = 0; i < 3; i++)
        {
            await _servers[i].CommandAsync($"CLUSTER ADDSLOTSRANGE {bounds[i]} {bounds[i + 1] - 1}");
            await _servers[i].CommandAsync($"CLUSTER SET-CONFIG-EPOCH {i + 1}");
        }

        foreach (var other in _servers.Skip(1))
        {
            var bus = Line(await other.CommandAsync("CONFIG GET cluster-port"), 4);
            await _servers[0].CommandAsync($"CLUSTER MEET 127.0.0.1 {other.Port} {bus}");
        }

        for (var i = 0; i < 3; i++)
        {
            var master = Line(await _servers[i].CommandAsync("CLUSTER MYID"), 1);
            var replica = _servers[i + 3];
            await RedisServer.UntilAsync(
                () => replica.CommandAsync($"CLUSTER REPLICATE {master}"), static reply => reply.StartsWith("+OK", StringComparison.Ordinal), "the replica knows its master");
        }

        foreach (var server in _servers)
        {
            await RedisServer.UntilAsync(
                () => server.CommandAsync("CLUSTER INFO"),
                static reply => reply.Contains("cluster_state:ok", StringComparison.Ordinal) && reply.Contains("cluster_known_nodes:6", StringComparison.Ordinal),
                "the cluster is whole");
        }

        foreach (var replica in _servers.Skip(3))
        {
            await RedisServer.UntilAsync(
                () => replica.CommandAsync("INFO replication"), static reply => reply.Contains("master_link_status:up", StringComparison.Ordinal), "the replica follows");
        }
    }

    /// <summary>The value after a name in an answer that is a list of both.</summary>
    private static string? Field(string reply, string name)
    {
        var lines = reply.Split("\r\n");
        var at = Array.IndexOf(lines, name);
        return at >= 0 && at + 2 < lines.Length ? lines[at + 2] : null;
    }

    private static string Line(string reply, int index) => reply.Split("\r\n")[index];
}
