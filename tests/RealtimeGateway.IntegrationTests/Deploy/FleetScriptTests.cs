using System.Net;
using RealtimeGateway.IntegrationTests.Fleet;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Scale;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Deploy;

/// <summary><c>deploy/fleet.sh</c> as somebody runs it who wants to see a fleet.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class FleetScriptTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Fleet_ReachesEveryConnectionThroughEachNode_AndLeavesNothingBehind()
    {
        var file = _directory.Write("gateway.yaml", """
            apis:
              chat:
                routeSelectionExpression: $request.body.action
                integrations:
                  hello: { type: MOCK, responses: { $default: "$context.connectionId" } }
                routes:
                  hello: { target: hello, routeResponse: true }
                stages: { prod: }
            """);
        await using var fleet = await FleetScript.StartAsync(_directory.Path, [], file);
        // Each to the node that has the fewest.
        using var one = (await FleetClient.ConnectAsync(fleet.Port, -1))!;
        using var two = (await FleetClient.ConnectAsync(fleet.Port, -1))!;
        using var three = (await FleetClient.ConnectAsync(fleet.Port, -1))!;
        var clients = new[] { one, two, three };

        for (var node = 1; node <= FleetScript.NodeCount; node++)
        {
            Assert.Equal([1, 2, 3], (await fleet.ConnectionsAsync(node)).Values.Order());
            foreach (var client in clients)
            {
                using var answer = await fleet.Http.PostAsync(PathOf(client, node), new StringContent($"through node {node}"), Cancellation);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        using var stranger = new HttpClient();
        using var refused = await stranger.PostAsync(PathOf(one, 1), new StringContent("no token"), Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await Patience.Until(() => clients.All(client => client.Received.Count == FleetScript.NodeCount), "everything has come");
        Assert.All(clients, client => Assert.Equal(["through node 1", "through node 2", "through node 3"], client.Received.Order()));

        var processes = fleet.Processes();
        // Three nodes and what keeps each of them, Redis, HAProxy, the chat.
        Assert.True(processes.Length >= (2 * FleetScript.NodeCount) + 3, $"{processes.Length} processes");
        // One that stands still must not be left behind either.
        await fleet.SignalAsync(2, "STOP");
        Assert.Equal(143, await fleet.StopAsync());
        Assert.DoesNotContain(processes, FleetScript.Runs);
        Assert.False(fleet.IsListening());
        Assert.DoesNotContain("Terminated", fleet.Output, StringComparison.Ordinal);

        Uri PathOf(FleetClient client, int node) => new(fleet.Data(node), $"/chat/prod/@connections/{Uri.EscapeDataString(client.Id)}");
    }

    [Theory]
    [InlineData("-n", "12")]
    [InlineData("-p", "70000")]
    [InlineData("-x", "1")]
    [InlineData("missing.yaml", "more.yaml")]
    public async Task Fleet_WrongArguments_StartsNothing(params string[] arguments)
    {
        Tools.Require("bash");
        await using var script = ServerProcess.RunProgram("bash", _directory.Path, [], [DeployedFiles.PathOf("deploy/fleet.sh"), .. arguments]);

        Assert.Equal(2, await script.ExitAsync());
        Assert.NotEmpty(script.Error.Trim());
        Assert.Empty(script.Output.Trim());
    }
}
