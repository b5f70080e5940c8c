using System.Globalization;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Scale;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>What a fleet costs its Redis; the figures in docs/operations.md come from here (<c>-showLiveOutput</c>).</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class FleetCostTests(ITestOutputHelper output)
{
    private const int Clients = 10_000;
    private const int Pushes = 10_000;
    private const int AtOnce = 64;
    private const int BytesEach = 100;
    private const int IdleSeconds = 10;

    [Fact]
    public async Task Redis_HoldsARecordForEachConnection_AndCarriesPushesInBatches()
    {
        // The nodes inherit it.
        var limit = DescriptorLimit.RaiseTo(Clients + 5_000);
        Assert.SkipUnless(limit > Clients + 1_000, $"{limit} descriptors are too few.");
        await using var redis = await RedisServer.StartAsync();
        await using var bed = await FleetBed.StartAsync(2, _ => redis.Address);
        await bed.WaitForFleetAsync();
        List<FleetClient> clients = [];
        try
        {
            // What the first use makes is not the connections'.
            clients.AddRange(await ConnectAsync(bed, 100));
            await RecordsAsync(redis, bed, clients.Count);

            var before = await Use.OfAsync(redis);
            await Task.Delay(TimeSpan.FromSeconds(IdleSeconds), TimeProvider.System, TestContext.Current.CancellationToken);
            var idle = (await Use.OfAsync(redis)) - before;
            output.WriteLine($"nothing to do for {IdleSeconds} s: {(double)idle.Commands / IdleSeconds / bed.Nodes.Length:F1} commands a second for each node, those of scripts counted");
            // At least the renewals; and not one for each connection.
            Assert.InRange(idle.Commands, bed.Nodes.Length * IdleSeconds / 2, bed.Nodes.Length * IdleSeconds * 50);

            before = await Use.OfAsync(redis);
            clients.AddRange(await ConnectAsync(bed, Clients / 2));
            await RecordsAsync(redis, bed, clients.Count);
            var connected = (await Use.OfAsync(redis)) - before;
            output.WriteLine($"{Clients} connections, 32 at once on each of 2 nodes: {connected.Memory / Clients} B of used_memory and {(double)connected.Commands / Clients:F2} commands each");
            // Of the order of what docs/operations.md says; a record more or a command more for each would be seen.
            Assert.InRange(connected.Memory / Clients, 100, 800);
            Assert.InRange(connected.Commands, 3, Clients * 3);

            var own = clients.Where(client => client.Node == 0).ToArray();
            foreach (var atOnce in (int[])[1, AtOnce])
            {
                await PushAsync(bed, own, 500, atOnce);
                before = await Use.OfAsync(redis);
                var count = atOnce == 1 ? Pushes / 10 : Pushes;
                await PushAsync(bed, own, count, atOnce);
                var pushed = (await Use.OfAsync(redis)) - before;
                output.WriteLine(
                    $"{count} pushes of {BytesEach} B by way of the other node, {atOnce} at once: {(double)pushed.Publishes / count:F2} PUBLISH, {pushed.Input / count} B to and {pushed.Output / count} B from Redis each");
                // There and back, and each second the nodes' own proofs.
                Assert.InRange(pushed.Publishes, 2, (2 * count) + 1_000);
            }
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    private static async Task<IEnumerable<FleetClient>> ConnectAsync(FleetBed bed, int perNode) =>
        (await Task.WhenAll(bed.Nodes.Select(node => FleetClient.ConnectManyAsync(node.Data.Port, node.Index, perNode)))).SelectMany(static clients => clients);

    /// <summary>Waits until Redis has the records.</summary>
    private static async Task RecordsAsync(RedisServer redis, FleetBed bed, int wanted)
    {
        var listed = (await bed.Nodes[0].AskAsync("/gateway/nodes"))!["nodes"]!.AsArray();
        await RedisServer.UntilAsync(
            async () =>
            {
                var sum = 0;
                foreach (var node in listed)
                {
                    var reply = await redis.CommandAsync($"HLEN {{rg:{node!["incarnation"]}}}:records");
                    sum += int.Parse(reply.Trim().TrimStart(':'), CultureInfo.InvariantCulture);
                }

                return $"{sum}";
            },
            sum => sum == $"{wanted}",
            $"all {wanted} connections have records");
    }

    /// <summary>Pushes to the clients of the first node through the second.</summary>
    private static async Task PushAsync(FleetBed bed, FleetClient[] clients, int count, int atOnce)
    {
        var text = new string('x', BytesEach);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) =>
            Assert.Equal(200, (await bed.Nodes[1].PostAsync(clients[i % clients.Length].Id, text)).Status));
    }

    /// <summary>What Redis says that it has used and done (https://redis.io/docs/latest/commands/info/).</summary>
    private sealed record Use(long Memory, long Commands, long Publishes, long Input, long Output)
    {
        public static async Task<Use> OfAsync(RedisServer redis)
        {
            var lines = (await redis.CommandAsync("INFO all")).Split("\r\n");
            return new(Number("used_memory:"), Number("total_commands_processed:"), Number("cmdstat_publish:calls="), Number("total_net_input_bytes:"), Number("total_net_output_bytes:"));

            long Number(string start) => lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } line
                ? long.Parse(line[start.Length..].Split(',')[0], CultureInfo.InvariantCulture)
                : 0;
        }

        public static Use operator -(Use after, Use before) => new(
            after.Memory - before.Memory, after.Commands - before.Commands, after.Publishes - before.Publishes, after.Input - before.Input, after.Output - before.Output);
    }
}
