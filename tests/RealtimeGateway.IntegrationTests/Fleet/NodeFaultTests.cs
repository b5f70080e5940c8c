using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Scale;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>Nodes that die, freeze and are cut off, as processes on one Redis. What took how long is printed with <c>-showLiveOutput</c>; it decides nothing.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class NodeFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int ClientsPerNode = 1_000;

    private readonly List<FleetClient> _clients = [];
    private RedisServer _redis = null!;
    private FaultProxy[] _ways = [];
    private FleetBed _bed = null!;

    public async ValueTask InitializeAsync()
    {
        DescriptorLimit.RaiseTo(20_000);
        _redis = await RedisServer.StartAsync();
        _ways = [.. Enumerable.Range(0, 3).Select(_ => FaultProxy.To(_redis.Port))];
        _bed = await FleetBed.StartAsync(3, index => $"127.0.0.1:{_ways[index].Port}");
        await _bed.WaitForFleetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _bed.DisposeAsync();
        foreach (var way in _ways)
        {
            await way.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    /// <summary>A killed node's clients are gone for callers, and each end is told once; the others notice nothing.</summary>
    [Fact]
    public async Task Kill_OfOneNode_EndsItsConnectionsOnceAndNoOthers()
    {
        await ConnectAsync(ClientsPerNode);
        var dead = _bed.Nodes[1];
        var lost = _clients.Where(client => client.Node == dead.Index).ToArray();
        var left = _clients.Except(lost).ToArray();
        await using var load = PushLoad.Start(() => left, () => [_bed.Nodes[0], _bed.Nodes[^1]], 300);

        await dead.KillAsync();
        var killedAt = TimeProvider.System.GetTimestamp();
        _bed.Forget(dead);

        await UntilGoneAsync(lost.Select(client => client.Id));
        output.WriteLine($"all {lost.Length} ids answer 410 after {Elapsed(killedAt)}");
        await Patience.Until(() => _bed.Ends.Count >= lost.Length, "every end is told");
        output.WriteLine($"all {lost.Length} $disconnect after {Elapsed(killedAt)}");

        await load.StopAsync();
        await load.AssertDeliveredOnceAsync();
        output.WriteLine(load.Summary());
        Assert.All(left, client => Assert.True(client.IsOpen));
        Assert.DoesNotContain(load.Pushes, push => push.Answer.Status != 200);
        AssertEnds(lost);
    }

    /// <summary>When nobody is left to tell the ends, the next node that starts does.</summary>
    [Fact]
    public async Task Kill_OfAllNodes_LeavesTheEndsToTheNextToStart()
    {
        await ConnectAsync(200);
        await Task.WhenAll(_bed.Nodes.Select(node => node.KillAsync()));
        foreach (var node in _bed.Nodes)
        {
            _bed.Forget(node);
        }

        var startedAt = TimeProvider.System.GetTimestamp();
        await _bed.StartNodeAsync(0);
        var patience = TimeProvider.System.GetTimestamp();
        while (_bed.Ends.Count < _clients.Count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(60), $"{_bed.Ends.Count} of {_clients.Count} ends are told.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        output.WriteLine($"all {_clients.Count} $disconnect {Elapsed(startedAt)} after the start");
        AssertEnds([.. _clients]);
    }

    /// <summary>A node that stands still for three seconds costs nothing but that time.</summary>
    [Fact]
    public async Task Freeze_ForThreeSeconds_CostsTimeOnly()
    {
        await ConnectAsync(100);
        var frozen = _bed.Nodes[1];
        await using var load = PushLoad.Start(() => _clients, () => [_bed.Nodes[0], _bed.Nodes[2]], 100);

        await frozen.SendAsync("STOP");
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await frozen.SendAsync("CONT");

        await UntilPushedAsync(_clients, _bed.Nodes[0]);
        await AssertUnharmedAsync(load);
    }

    /// <summary>A node that stood still until others buried it closes its sockets with 1012 and tells nothing itself; then it serves again.</summary>
    [Fact]
    public async Task Freeze_ForTwentySeconds_FencesTheNode()
    {
        await ConnectAsync(100);
        var frozen = _bed.Nodes[1];
        var lost = _clients.Where(client => client.Node == frozen.Index).ToArray();

        await frozen.SendAsync("STOP");
        await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await UntilGoneAsync(lost.Select(client => client.Id));
        await frozen.SendAsync("CONT");

        await Patience.For(Task.WhenAll(lost.Select(client => client.Ended)), "the frozen node's sockets have ended");
        Assert.All(lost, client => Assert.Equal(1012, client.CloseCode));
        Assert.All(_clients.Except(lost), client => Assert.True(client.IsOpen));
        var again = await FleetClient.ConnectAsync(frozen.Data.Port, frozen.Index);
        _clients.Add(again!);
        await UntilPushedAsync([again!], _bed.Nodes[0]);
        AssertEnds(lost);
    }

    /// <summary>Redis out of reach of one node for three seconds: nothing closes, nothing is told.</summary>
    [Fact]
    public async Task CutOff_ForThreeSeconds_ClosesNothing()
    {
        await ConnectAsync(100);
        await using var load = PushLoad.Start(() => _clients, () => _bed.Nodes, 200);

        _ways[1].Hold();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        _ways[1].Release();

        await UntilPushedAsync(_clients, _bed.Nodes[0]);
        await AssertUnharmedAsync(load);
    }

    /// <summary>For a minute: the others tell the ends, once each, and the node closes what it still holds when it comes back.</summary>
    [Fact]
    public async Task CutOff_ForAMinute_EndsItsConnectionsOnce()
    {
        await ConnectAsync(100);
        var lost = _clients.Where(client => client.Node == 1).ToArray();
        await using var load = PushLoad.Start(() => _clients, () => [_bed.Nodes[0], _bed.Nodes[2]], 100);

        _ways[1].Hold();
        // Some end while their node cannot say so.
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        foreach (var client in lost[..20])
        {
            client.Reset();
        }

        await Task.Delay(TimeSpan.FromSeconds(50), TestContext.Current.CancellationToken);
        _ways[1].Release();

        await Patience.For(Task.WhenAll(lost.Select(client => client.Ended)), "the sockets of the node that was cut off have ended");
        Assert.All(lost[20..], client => Assert.Equal(1012, client.CloseCode));
        await load.StopAsync();
        await load.AssertDeliveredOnceAsync();
        output.WriteLine(load.Summary());
        await UntilGoneAsync(lost.Select(client => client.Id), _bed.Nodes);
        Assert.All(_clients.Except(lost), client => Assert.True(client.IsOpen));
        AssertEnds(lost);
    }

    /// <summary>Nothing was lost, nobody was taken for dead, and no end was told.</summary>
    private async Task AssertUnharmedAsync(PushLoad load)
    {
        await load.StopAsync();
        await load.AssertDeliveredOnceAsync();
        output.WriteLine(load.Summary());
        Assert.DoesNotContain(load.Pushes, push => push.Answer.Status == 410);
        Assert.All(_clients, client => Assert.True(client.IsOpen));
        Assert.Empty(_bed.Ends);
    }

    private async Task ConnectAsync(int perNode)
    {
        foreach (var node in _bed.Nodes)
        {
            _clients.AddRange(await FleetClient.ConnectManyAsync(node.Data.Port, node.Index, perNode));
        }
    }

    /// <summary>Asks the nodes that run until each of some ids is answered 410.</summary>
    private async Task UntilGoneAsync(IEnumerable<string> ids, IEnumerable<FleetNode>? through = null)
    {
        foreach (var node in through ?? _bed.Nodes.Where(node => node.Index != 1))
        {
            await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) =>
            {
                var started = TimeProvider.System.GetTimestamp();
                while (await node.PostAsync(id, "are you there?") is { Status: not 410 } answer)
                {
                    Assert.True(answer.Status is 503 or 504, $"{answer} for an id of a dead node");
                    Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(40), $"{id} is never gone: {answer}");
                    await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
                }
            });
        }
    }

    /// <summary>Pushes to each client until it is answered 200.</summary>
    private static async Task UntilPushedAsync(IEnumerable<FleetClient> clients, FleetNode through)
    {
        await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (client, _) =>
        {
            var key = Guid.NewGuid().ToString();
            var started = TimeProvider.System.GetTimestamp();
            while (await through.PostAsync(client.Id, $"probe {client.Id}", key) is { Status: not 200 } answer)
            {
                Assert.NotEqual(410, answer.Status);
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience.Limit, $"{client.Id} cannot be reached: {answer}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            }
        });
    }

    /// <summary>P7: one event for each of some connections, none for any other.</summary>
    private void AssertEnds(IReadOnlyCollection<FleetClient> lost)
    {
        var ends = _bed.Ends;
        Assert.Equal(lost.Select(client => client.Id).Order(), ends.Select(group => group.Key).Order());
        Assert.All(ends, group => Assert.Single(group));
    }

    private static string Elapsed(long since) => $"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s";
}
