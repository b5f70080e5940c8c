using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Scale;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>Redis that is away, slow, emptied or replaced, under a load of pushes. What took how long is printed with <c>-showLiveOutput</c>; it decides nothing.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class BackplaneFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Where there is one master, it holds every key.</summary>
    private const string AnyKey = "any";

    private readonly List<FleetClient> _clients = [];
    private RedisDeployment _redis = null!;
    private FleetBed _bed = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        if (_bed is not null)
        {
            await _bed.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    /// <summary>Without Redis a node goes on for its own clients, and says 503 at once for those of others.</summary>
    [Fact]
    public async Task RedisAway_ForThirtySeconds_LosesNothing()
    {
        await StartAsync(Topology.Standalone);
        await using var load = PushLoad.Start(() => _clients, () => _bed.Nodes, 500);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        await _redis.Server.KillAsync();
        var awayAt = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var newcomers = new List<FleetClient>();
        foreach (var node in _bed.Nodes)
        {
            newcomers.AddRange(await FleetClient.ConnectManyAsync(node.Data.Port, node.Index, 20));
        }

        await Task.Delay(TimeSpan.FromSeconds(25), TestContext.Current.CancellationToken);
        var backAt = TimeProvider.System.GetTimestamp();
        await _redis.Server.StartAgainAsync();
        await UntilAllReachAllAsync();
        output.WriteLine($"remote pushes are back after {TimeProvider.System.GetElapsedTime(backAt).TotalSeconds:0.0} s");

        await load.StopAsync();
        _clients.AddRange(newcomers);
        await AssertUnharmedAsync(load);
        // Surely away is from a second after the kill until Redis is started again.
        var away = load.Pushes.Where(push => push.StartedAt > awayAt + TimeProvider.System.TimestampFrequency && push.StartedAt < backAt - TimeProvider.System.TimestampFrequency).ToArray();
        Assert.All(away.Where(push => push.IsLocal), push => Assert.Equal(200, push.Answer.Status));
        Assert.All(away.Where(push => !push.IsLocal), push => Assert.Equal((503, "none"), (push.Answer.Status, push.Answer.Delivery)));
        await RecordsAreWholeAsync();
    }

    /// <summary>A Redis that answers nothing for five seconds holds up nobody's own clients, and no thread waits for it.</summary>
    [Fact]
    public async Task RedisSlow_TwiceForFiveSeconds_HoldsNobodyUp()
    {
        await StartAsync(Topology.Standalone);
        await using var load = PushLoad.Start(() => _clients, () => _bed.Nodes, 300);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var threads = _bed.Nodes.Select(Threads).ToArray();
        var most = 0;
        for (var turn = 0; turn < 2; turn++)
        {
            _redis.Server.Freeze();
            for (var i = 0; i < 14; i++)
            {
                if (i == 10)
                {
                    _redis.Server.Thaw();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
                most = Math.Max(most, _bed.Nodes.Zip(threads, (node, before) => Threads(node) - before).Max());
            }
        }

        await UntilAllReachAllAsync();
        await load.StopAsync();
        output.WriteLine($"threads: {string.Join(", ", threads)} before, at most {most} more");
        await AssertUnharmedAsync(load);
        Assert.All(load.Pushes.Where(push => push.IsLocal), push => Assert.Equal(200, push.Answer.Status));
        Assert.True(most < 20, $"{most} more threads while Redis was slow");
    }

    /// <summary>An emptied Redis is not the death of everyone; what it should know is there again soon.</summary>
    [Fact]
    public async Task RedisEmptied_ReapsNobody()
    {
        await StartAsync(Topology.Standalone);
        await using var load = PushLoad.Start(() => _clients, () => _bed.Nodes, 300);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        await _redis.Server.CommandAsync("FLUSHALL");
        var emptiedAt = TimeProvider.System.GetTimestamp();
        await RecordsAreWholeAsync();
        output.WriteLine($"records are whole after {TimeProvider.System.GetElapsedTime(emptiedAt).TotalSeconds:0.0} s");
        await Task.Delay(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        await load.StopAsync();
        await AssertUnharmedAsync(load);
    }

    /// <summary>The master is killed five times and a replica takes over, with what had come to it by then.</summary>
    [Fact]
    public async Task RedisFailsOver_FiveTimes_LosesNothing()
    {
        await StartAsync(Topology.Sentinel);
        await using var load = PushLoad.Start(() => _clients, () => _bed.Nodes, 300);
        for (var turn = 0; turn < 5; turn++)
        {
            await _redis.FailOverAsync(AnyKey);
            var killedAt = TimeProvider.System.GetTimestamp();
            await UntilAllReachAllAsync();
            output.WriteLine($"remote pushes are back after {TimeProvider.System.GetElapsedTime(killedAt).TotalSeconds:0.0} s");
            await RecordsAreWholeAsync();
            output.WriteLine($"records are whole after {TimeProvider.System.GetElapsedTime(killedAt).TotalSeconds:0.0} s");
            await _redis.ReviveAsync();
        }

        await load.StopAsync();
        await AssertUnharmedAsync(load);
    }

    private async Task StartAsync(Topology topology)
    {
        DescriptorLimit.RaiseTo(20_000);
        _redis = await RedisDeployment.StartAsync(topology);
        _bed = await FleetBed.StartAsync(3, _ => _redis.ConnectionString);
        await _bed.WaitForFleetAsync();
        foreach (var node in _bed.Nodes)
        {
            _clients.AddRange(await FleetClient.ConnectManyAsync(node.Data.Port, node.Index, 200));
        }
    }

    private async Task AssertUnharmedAsync(PushLoad load)
    {
        output.WriteLine(load.Summary());
        await load.AssertDeliveredOnceAsync();
        Assert.All(_clients, client => Assert.True(client.IsOpen));
        Assert.DoesNotContain(load.Pushes, push => push.Answer.Status is not (200 or 503 or 504));
        Assert.Contains(load.Pushes, push => push is { IsLocal: false, Answer.Status: 200 });
        Assert.Empty(_bed.Ends);
    }

    /// <summary>Every node reaches the clients of every other.</summary>
    private async Task UntilAllReachAllAsync()
    {
        foreach (var node in _bed.Nodes)
        {
            foreach (var client in _clients.GroupBy(client => client.Node).Select(group => group.First()))
            {
                var started = TimeProvider.System.GetTimestamp();
                while (await node.PostAsync(client.Id, $"probe {Guid.NewGuid()}") is { Status: not 200 } answer)
                {
                    Assert.NotEqual(410, answer.Status);
                    Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience.Limit, $"{client.Id} cannot be reached: {answer}");
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
                }
            }
        }
    }

    /// <summary>The records tell every connection of the fleet.</summary>
    private async Task RecordsAreWholeAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var listed = new HashSet<string>();
            string? after = null;
            do
            {
                var page = await _bed.Nodes[0].AskAsync($"/gateway/connections?limit=1000{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
                listed.UnionWith(page!["connections"]!.AsArray().Select(entry => entry!["connectionId"]!.ToString()));
                after = page["next"]?.ToString();
            }
            while (after is not null);

            if (listed.SetEquals(_clients.Select(client => client.Id)))
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience.Limit, $"{listed.Count} of {_clients.Count} connections have a record.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }
    }

    private static int Threads(FleetNode node) => Directory.GetDirectories($"/proc/{node.Pid}/task").Length;
}
