using System.Globalization;
using RealtimeGateway.IntegrationTests.Deploy;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Scale;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Samples;

/// <summary>The chat on a fleet of three, as <c>deploy/fleet.sh</c> runs it. How long things took is printed with <c>-showLiveOutput</c>; it decides nothing.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class ChatFleetTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>Two pages talk on while each node is killed and then each is rolled; what is said is in both, once, in order, and who is there is right.</summary>
    [Fact]
    public async Task TwoPages_GoOn_WhenNodesDieAndAreRolled()
    {
        var chromium = Tools.Require("chromium", "chromium-browser", "google-chrome");
        Assert.SkipUnless(Directory.Exists(DeployedFiles.PathOf("tests/node/node_modules/playwright-core")), "tests/node has no playwright-core: run 'npm ci' there.");
        var started = TimeProvider.System.GetTimestamp();
        await using var fleet = await FleetScript.StartAsync(_directory.Path, new() { ["DRAIN_TIME"] = "1" });
        await using var pages = NodeScript.Start("chat-fleet.mjs", "--url", fleet.Page.ToString(), "--chromium", chromium);
        await pages.NextAsync("ready");

        // Whoever was on the first to die and does not come back is told as gone by the others.
        var before = await fleet.ConnectionsAsync(1);
        await pages.SendAsync(new { command = "haunt" });
        await pages.NextAsync("haunted");
        var haunted = (await fleet.ConnectionsAsync(1)).Single(connection => !before.ContainsKey(connection.Key)).Value;
        await fleet.SignalAsync(haunted, "KILL");
        await pages.SendAsync(new { command = "exorcise" });
        Assert.Equal(137, await fleet.ReplacedAsync(haunted));
        output.WriteLine((await pages.NextAsync("exorcised")).ToJsonString());
        await CheckAsync($"{haunted} was killed");

        for (var node = 1; node <= FleetScript.NodeCount; node++)
        {
            if (node != haunted)
            {
                Assert.Equal(137, await fleet.ReplaceAsync(node, "KILL"));
                await CheckAsync($"{node} was killed");
            }
        }

        for (var node = 1; node <= FleetScript.NodeCount; node++)
        {
            Assert.Equal(0, await fleet.ReplaceAsync(node, "TERM"));
            await CheckAsync($"{node} was rolled");
        }

        await pages.SendAsync(new { command = "end" });
        var passed = await pages.NextAsync("passed");
        output.WriteLine(passed.ToJsonString());
        // Wherever a page was, that node has died and been rolled.
        Assert.All(passed["reconnects"]!.AsArray(), count => Assert.True((int)count! >= 2, passed.ToJsonString()));

        async Task CheckAsync(string name)
        {
            await pages.SendAsync(new { command = "check", name = string.Create(CultureInfo.InvariantCulture, $"node {name}") });
            output.WriteLine($"{(int)TimeProvider.System.GetElapsedTime(started).TotalSeconds} s: {(await pages.NextAsync("checked")).ToJsonString()}");
        }
    }
}
