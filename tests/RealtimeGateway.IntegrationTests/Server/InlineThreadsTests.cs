using System.Diagnostics;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary>With every connection on the threads that find its bytes, one heavy template or one slow route must not hold up the others (promise 10).</summary>
public sealed class InlineThreadsTests
{
    // Runs into its time limit of 100 ms, every time.
    private const string Configuration = """
        apis:
          chat:
            integrations:
              quick: { type: MOCK, responses: { $default: "$input.body" } }
              heavy: { type: MOCK, responses: { $default: "#foreach($a in [1..900])#foreach($b in [1..900])#set($c = $a * $b)#end#end done" } }
            routes:
              quick: { target: quick, routeResponse: true }
              heavy: { target: heavy, routeResponse: true }
            stages: { prod: {} }
        """;

    [Fact]
    public async Task Serve_HeavyTemplates_LeaveTheOtherConnectionsQuick()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("gateway.yaml", Configuration);
        await using var server = await ServerProcess.StartAsync(directory.Path, path);
        var port = (await server.AddressAsync("data")).Port;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var floods = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RawWebSocket.ConnectAsync(port, "/chat/prod")));
        var flooding = Task.WhenAll(floods.Select(flood => FloodAsync(flood, stop.Token)));
        var took = await TimeQuickAsync(port, rounds: 100);
        await stop.CancelAsync();
        await flooding;
        foreach (var flood in floods)
        {
            flood.Dispose();
        }

        // Behind the heavy ones the median would be several times their 100 ms.
        Assert.InRange(took[took.Length / 2], 0, 50);
    }

    private static async Task<double[]> TimeQuickAsync(int port, int rounds)
    {
        // Several, since a connection stays with one of the threads.
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RawWebSocket.ConnectAsync(port, "/chat/prod")));
        var took = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var client = clients[i % clients.Length];
            var started = Stopwatch.GetTimestamp();
            await client.SendTextAsync("""{"action":"quick"}""");
            Assert.Equal("""{"action":"quick"}""", await client.ReadTextAsync());
            took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        foreach (var client in clients)
        {
            client.Dispose();
        }

        Array.Sort(took);
        return took;
    }

    private static async Task FloodAsync(RawWebSocket client, CancellationToken stop)
    {
        for (var underWay = 0; !stop.IsCancellationRequested; underWay++)
        {
            await client.SendTextAsync("""{"action":"heavy"}""");
            if (underWay >= 3)
            {
                _ = await client.ReadTextAsync();
            }
        }
    }
}
