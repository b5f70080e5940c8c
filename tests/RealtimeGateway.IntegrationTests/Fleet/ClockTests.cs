using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Scale;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>Wall clocks that jump (libfaketime; the monotonic clock is left alone, as when an operator or NTP sets the time).</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class ClockTests(ITestOutputHelper output)
{
    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1",
    ];

    /// <summary>An hour forward, two back, on one node of three: nothing closes, expires or is reaped.</summary>
    [Fact]
    public async Task WallClock_SteppedByAnHour_ChangesNothing()
    {
        var library = Array.Find(Places, File.Exists);
        Assert.SkipUnless(library is not null, "libfaketime is not installed.");
        using var directory = new Server.TemporaryDirectory();
        var clock = directory.Write("clock", "+0");
        await using var redis = await RedisServer.StartAsync();
        await using var bed = await FleetBed.StartAsync(2, _ => redis.Address);
        bed.Environment["LD_PRELOAD"] = library;
        bed.Environment["FAKETIME_TIMESTAMP_FILE"] = clock;
        bed.Environment["FAKETIME_NO_CACHE"] = "1";
        bed.Environment["DONT_FAKE_MONOTONIC"] = "1";
        // Else waits with the monotonic clock would last until the other clock has caught up.
        bed.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        var odd = await bed.StartNodeAsync(2);
        await bed.WaitForFleetAsync();
        var clients = new List<FleetClient>();
        foreach (var node in bed.Nodes)
        {
            clients.AddRange(await FleetClient.ConnectManyAsync(node.Data.Port, node.Index, 50));
        }

        await using var load = PushLoad.Start(() => clients, () => bed.Nodes, 200);
        foreach (var offset in new[] { "+3600", "-3600" })
        {
            await File.WriteAllTextAsync(clock, offset, TestContext.Current.CancellationToken);
            await Patience.Until(() => Math.Abs((DateAt(odd).GetAwaiter().GetResult() - TimeProvider.System.GetUtcNow()).TotalMinutes) > 50, "the clock has jumped");
            // Longer than any lease.
            await Task.Delay(TimeSpan.FromSeconds(14), TestContext.Current.CancellationToken);
        }

        await load.StopAsync();
        output.WriteLine(load.Summary());
        await load.AssertDeliveredOnceAsync();
        Assert.All(load.Pushes, push => Assert.Equal(200, push.Answer.Status));
        Assert.All(clients, client => Assert.True(client.IsOpen));
        Assert.Empty(bed.Ends);
        clients.ForEach(client => client.Dispose());
    }

    /// <summary>The time that a node believes it is, by the Date header of its answers.</summary>
    private static async Task<DateTimeOffset> DateAt(FleetNode node)
    {
        using var answer = await node.Http.GetAsync(new Uri(node.Admin, "/healthz"), TestContext.Current.CancellationToken);
        return answer.Headers.Date!.Value;
    }
}
