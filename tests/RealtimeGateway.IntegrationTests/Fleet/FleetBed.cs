using System.Collections.Immutable;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>A fleet as an operator runs it: processes of the program, a Redis and a back end, each node with a way of its own to Redis that can be cut.</summary>
internal sealed class FleetBed : IAsyncDisposable
{
    private const string Configuration = """
        apis:
          chat:
            routeSelectionExpression: $request.body.action
            integrations:
              backend: { type: HTTP_PROXY, uri: "BACKEND" }
              hello: { type: MOCK, responses: { $default: "$context.connectionId" } }
            routes:
              $connect: backend
              $disconnect: backend
              hello: { target: hello, routeResponse: true }
              $default: backend
            stages:
              prod: {}
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly Dictionary<int, (int Data, int Admin)> _ports = [];
    private readonly string[] _arguments;
    private readonly Func<int, string> _redis;

    private FleetBed(Backend backend, Func<int, string> redis, string[] arguments)
    {
        Backend = backend;
        _redis = redis;
        _arguments = arguments;
        _directory.Write("gateway.yaml", Configuration.Replace("BACKEND", backend.Uri.ToString(), StringComparison.Ordinal));
    }

    public Backend Backend { get; }

    /// <summary>The nodes that run, by index.</summary>
    public ImmutableArray<FleetNode> Nodes { get; private set; } = [];

    /// <summary>Environment of the nodes that are started from now on.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <param name="nodes">How many nodes.</param>
    /// <param name="redis">The connection string of each node.</param>
    /// <param name="arguments">More arguments of each node.</param>
    public static async Task<FleetBed> StartAsync(int nodes, Func<int, string> redis, params string[] arguments)
    {
        var bed = new FleetBed(await Backend.StartAsync(), redis, arguments);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, nodes).Select(index => bed.StartNodeAsync(index)));
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node: on any free ports, or in the place of one that has ended on those that it had.</summary>
    public async Task<FleetNode> StartNodeAsync(int index)
    {
        (int Data, int Admin) ports;
        lock (_parts)
        {
            ports = _ports.GetValueOrDefault(index);
        }

        var data = Directory.CreateDirectory(Path.Combine(_directory.Path, $"node-{index}")).FullName;
        var node = await FleetNode.StartAsync(
            index,
            _directory.Path,
            Environment,
            [
                "gateway.yaml", "--data-url", $"http://127.0.0.1:{ports.Data}", "--admin-url", $"http://127.0.0.1:{ports.Admin}", "--data-dir", data, "--redis", _redis(index), .. _arguments,
            ]);
        lock (_parts)
        {
            _parts.Add(node);
            _ports[index] = (node.Data.Port, node.Admin.Port);
            Nodes = [.. Nodes.Where(other => other.Index != index).Append(node).OrderBy(other => other.Index)];
        }

        return node;
    }

    /// <summary>Takes a node that has ended out of those that run.</summary>
    public void Forget(FleetNode node)
    {
        lock (_parts)
        {
            Nodes = Nodes.Remove(node);
        }
    }

    /// <summary>Waits until every node sees every other.</summary>
    public async Task WaitForFleetAsync()
    {
        foreach (var node in Nodes)
        {
            var started = TimeProvider.System.GetTimestamp();
            while ((await node.AskAsync("/gateway/nodes"))!["nodes"]!.AsArray().Count != Nodes.Length)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience.Limit, $"Node {node.Index} does not see all {Nodes.Length} nodes.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>The ends that the back end has been told, by connection.</summary>
    public ILookup<string, BackendCall> Ends => Backend.Of("DISCONNECT").ToLookup(call => call.ConnectionId);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
        {
            await part.DisposeAsync();
        }

        await Backend.DisposeAsync();
        _directory.Dispose();
    }
}
