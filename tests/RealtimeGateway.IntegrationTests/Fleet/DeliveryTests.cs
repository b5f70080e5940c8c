using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Scale;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>What a caller may count on when answers are lost on the way to it and between nodes.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class DeliveryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private FaultProxy[] _ways = [];
    private FleetBed _bed = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _ways = [.. Enumerable.Range(0, 3).Select(_ => FaultProxy.To(_redis.Port))];
        _bed = await FleetBed.StartAsync(3, index => $"127.0.0.1:{_ways[index].Port}");
        await _bed.WaitForFleetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        foreach (var way in _ways)
        {
            await way.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    /// <summary>P2: a fifth of the answers never reaches the SDK, which then asks again; no message comes twice, and none that was acknowledged is missing.</summary>
    [Fact]
    public async Task Post_BySdkWhileAnswersAreCut_DeliversEachMessageOnce()
    {
        const int Calls = 10_000;
        var clients = await FleetClient.ConnectManyAsync(_bed.Nodes[1].Data.Port, 1, 10);
        var random = new Random(10);
        await using var proxy = FaultProxy.To(_bed.Nodes[0].Data.Port);
        var cut = 0;
        proxy.CutsAnswer = _ =>
        {
            lock (random)
            {
                var cuts = random.Next(5) == 0;
                cut += cuts ? 1 : 0;
                return cuts;
            }
        };
        await using var sdk = NodeScript.Start("management.mjs", "--endpoint", $"http://127.0.0.1:{proxy.Port}/chat/prod", "--max-attempts", "5");
        using var over = new CancellationTokenSource();
        var cutting = CutWaysAsync(over.Token);

        var done = 0;
        var acknowledged = new HashSet<string>();
        for (var sent = 0; done < Calls;)
        {
            for (; sent < Calls && sent - done < 64; sent++)
            {
                await sdk.SendAsync(new { command = "post", connectionId = clients[sent % clients.Length].Id, text = $"{sent % clients.Length}/{sent}", id = sent });
            }

            var answer = await sdk.NextAsync();
            var id = (int)answer["id"]!;
            done++;
            if ((string?)answer["event"] == "result")
            {
                acknowledged.Add($"{id % clients.Length}/{id}");
            }
        }

        await over.CancelAsync();
        await cutting;
        output.WriteLine($"{Calls} calls, {cut} answers cut, {acknowledged.Count} acknowledged in the end");
        Assert.True(cut > Calls / 10, "The proxy cut too few answers for the test to mean anything.");
        Assert.True(acknowledged.Count > Calls * 9 / 10, $"Only {acknowledged.Count} of {Calls} calls were acknowledged.");
        await AssertReceivedAsync(clients, acknowledged);
        Array.ForEach(clients, client => client.Dispose());
    }

    /// <summary>P3: each sender's messages come in its order, through whichever node it sends them, also when the nodes lose sight of each other now and then.</summary>
    [Fact]
    public async Task Post_OneAfterTheOtherThroughChangingNodes_KeepsTheOrder()
    {
        const int Senders = 20;
        const int Each = 500;
        var client = (await FleetClient.ConnectAsync(_bed.Nodes[2].Data.Port, 2))!;
        using var over = new CancellationTokenSource();
        var cutting = CutWaysAsync(over.Token);
        var retries = 0;

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            for (var number = 0; number < Each; number++)
            {
                var key = Guid.NewGuid().ToString();
                for (var attempt = 0; ; attempt++)
                {
                    var answer = await _bed.Nodes[(sender + number + attempt) % 3].PostAsync(client.Id, $"{sender}/{number}", key);
                    if (answer.Status == 200)
                    {
                        break;
                    }

                    Assert.True(answer.Status is 429 or 503 or 504, $"{answer}");
                    Interlocked.Increment(ref retries);
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
                }
            }
        }));

        await over.CancelAsync();
        await cutting;
        await Patience.Until(() => client.Received.Count >= Senders * Each, "every message has come");
        output.WriteLine($"{Senders * Each} messages, {retries} repeated");
        Assert.True(retries > 0, "Nothing went wrong, so nothing was shown.");
        foreach (var sender in client.Received.Select(text => text.Split('/')).GroupBy(parts => parts[0]))
        {
            Assert.Equal(Enumerable.Range(0, Each), sender.Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)));
        }

        client.Dispose();
    }

    /// <summary>Redis carries what goes from node to node; a client's own messages and its node's pushes it never sees.</summary>
    [Fact]
    public async Task Messages_OfClients_CostRedisNothing()
    {
        const int Messages = 2_000;
        var client = (await FleetClient.ConnectAsync(_bed.Nodes[0].Data.Port, 0))!;
        var before = await CommandsAsync();
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < Messages; i++)
        {
            await client.SendAsync("""{"action":"hello"}""");
        }

        await Patience.Until(() => client.Received.Count >= Messages, "every answer has come");
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(200, (await _bed.Nodes[0].PostAsync(client.Id, $"local {i}")).Status);
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var commands = await CommandsAsync() - before;
        output.WriteLine($"{commands} commands in {seconds:0.0} s with {Messages} messages and 200 local pushes");
        // Leases, quotas and reconciliation go on: a few dozen a second for three nodes, scripts' own commands counted.
        Assert.True(commands < 200 + (seconds * 150), $"{commands} commands for {Messages} messages");
        client.Dispose();
    }

    /// <summary>Connections that come together share the writes of their records.</summary>
    [Fact]
    public async Task Connects_InABurst_ShareTheWritesOfTheirRecords()
    {
        const int Clients = 1_000;
        var before = await CommandsAsync();
        var started = TimeProvider.System.GetTimestamp();
        var clients = await FleetClient.ConnectManyAsync(_bed.Nodes[0].Data.Port, 0, Clients);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var commands = await CommandsAsync() - before;
        output.WriteLine($"{commands} commands in {seconds:0.0} s with {Clients} connects");
        Assert.True(commands < Clients + (seconds * 150), $"{commands} commands for {Clients} connects");
        Array.ForEach(clients, client => client.Dispose());
    }

    /// <summary>Commands that Redis has run since it started, those within scripts included.</summary>
    private async Task<long> CommandsAsync()
    {
        var info = await _redis.CommandAsync("INFO stats");
        const string Name = "total_commands_processed:";
        var start = info.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        return long.Parse(info.AsSpan(start, info.IndexOf('\r', start) - start), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Cuts a node's way to Redis now and then.</summary>
    private async Task CutWaysAsync(CancellationToken stop)
    {
        try
        {
            for (var turn = 0; ; turn++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(700), stop);
                _ways[turn % _ways.Length].Cut();
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }

    private static async Task AssertReceivedAsync(FleetClient[] clients, HashSet<string> acknowledged)
    {
        await Patience.Until(
            () => acknowledged.IsSubsetOf(clients.SelectMany(client => client.Received)), "every acknowledged message has come");
        for (var i = 0; i < clients.Length; i++)
        {
            var received = clients[i].Received.ToArray();
            Assert.Equal(received.Length, received.Distinct().Count());
            Assert.All(received, text => Assert.StartsWith($"{i}/", text, StringComparison.Ordinal));
        }
    }
}
