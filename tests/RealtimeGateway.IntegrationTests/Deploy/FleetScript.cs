using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Deploy;

/// <summary><c>deploy/fleet.sh</c>, running: three nodes, Redis, HAProxy and the chat, on five ports that were free.</summary>
internal sealed partial class FleetScript : IAsyncDisposable
{
    public const int NodeCount = 3;

    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly ServerProcess _script;
    private readonly int _port;
    private (int Node, int Starts) _told;
    private bool _isStopped;

    private FleetScript(ServerProcess script, int port)
    {
        _script = script;
        _port = port;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
    }

    /// <summary>HAProxy's port.</summary>
    public int Port => _port;

    /// <summary>The chat's page.</summary>
    public Uri Page => new($"http://127.0.0.1:{_port + 1}/");

    /// <summary>Has the token that the nodes ask for.</summary>
    public HttpClient Http { get; }

    public string Output => _script.Output + _script.Error;

    /// <summary>Starts it, and waits until all is up.</summary>
    /// <param name="directory">Where to run it.</param>
    /// <param name="environment">What is set besides.</param>
    /// <param name="file">The configuration; none: the chat's.</param>
    public static async Task<FleetScript> StartAsync(string directory, Dictionary<string, string> environment, params string[] file)
    {
        if (!File.Exists("/usr/sbin/haproxy"))
        {
            Tools.Require("haproxy");
        }

        Tools.Require("redis-server");
        Tools.Require("curl");
        var build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        // Not the first ports only: until they are used another process may take one.
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePorts();
            var script = ServerProcess.RunProgram(
                "bash",
                directory,
                new(environment) { ["GATEWAY_TOKEN"] = Token },
                [DeployedFiles.PathOf("deploy/fleet.sh"), "-b", "-c", build, "-p", $"{port}", .. file]);
            var fleet = new FleetScript(script, port);
            try
            {
                var (ready, ended) = (script.WaitForAsync(@"(?m)^Ready\."), script.ExitAsync());
                if (await Task.WhenAny(ready, ended) == ready)
                {
                    await ready;
                    return fleet;
                }

                fleet._isStopped = true;
                Assert.True(attempt < 5, $"fleet.sh has ended with {await ended}:\n{fleet.Output}");
            }
            catch
            {
                await fleet.DisposeAsync();
                throw;
            }

            await fleet.DisposeAsync();
        }
    }

    /// <summary>A node's data listener; nodes are counted from one.</summary>
    public Uri Data(int node) => new($"http://127.0.0.1{node}:{_port + 3}");

    /// <summary>A node's admin listener.</summary>
    public Uri Admin(int node) => new($"http://127.0.0.1{node}:{_port + 4}");

    /// <summary>What a node's admin listener answers.</summary>
    public async Task<JsonNode> AskAsync(int node, string path) =>
        JsonNode.Parse(await Http.GetStringAsync(new Uri(Admin(node), path), TestContext.Current.CancellationToken))!;

    /// <summary>The connections of the fleet, with the numbers of their nodes.</summary>
    public async Task<Dictionary<string, int>> ConnectionsAsync(int node) =>
        (await AskAsync(node, "/gateway/connections"))["connections"]!.AsArray().ToDictionary(
            entry => entry!["connectionId"]!.ToString(), entry => int.Parse(entry!["node"]!.ToString().AsSpan("gateway-".Length), CultureInfo.InvariantCulture));

    /// <summary>Sends a node a signal, and waits until it runs again and takes clients.</summary>
    /// <returns>The exit code of the one that has ended.</returns>
    public async Task<int> ReplaceAsync(int node, string signal)
    {
        await SignalAsync(node, signal);
        return await ReplacedAsync(node);
    }

    /// <summary>Sends a node a signal.</summary>
    public async Task SignalAsync(int node, string signal)
    {
        var pid = Starts(node)[^1].Groups["pid"].Value;
        using var kill = Process.Start("kill", ["-s", signal, pid]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
        _told = (node, Starts(node).Count);
    }

    /// <summary>Waits until the node that was sent a signal runs again and takes clients.</summary>
    /// <returns>The exit code of the one that has ended.</returns>
    public async Task<int> ReplacedAsync(int node)
    {
        var before = _told.Starts;
        Assert.Equal(node, _told.Node);
        await Patience.Until(() => Starts(node).Count > before, $"node {node} is started again");
        await RedisServer.UntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await Http.GetAsync(new Uri(Admin(node), "/readyz"));
                    return $"{(int)answer.StatusCode}";
                }
                catch (HttpRequestException exception)
                {
                    return exception.Message;
                }
            },
            answer => answer == "200",
            $"node {node} is ready");
        return int.Parse(Starts(node)[^1].Groups["code"].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Everything that runs because the script does, the script itself not.</summary>
    public int[] Processes()
    {
        var parents = new Dictionary<int, int>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && ParentOf(pid) is { } parent)
            {
                parents[pid] = parent;
            }
        }

        return [.. parents.Keys.Where(IsBelow)];

        bool IsBelow(int pid) => parents.TryGetValue(pid, out var parent) && (parent == _script.Id || IsBelow(parent));
    }

    /// <summary>Whether a process is there that is no mere leftover of one that has ended.</summary>
    public static bool Runs(int pid) => ParentOf(pid) is not null;

    /// <summary>Whether anything listens on one of the script's addresses.</summary>
    public bool IsListening() => Addresses(_port).Any(address => !IsFree(address.Host, address.Port));

    /// <summary>Ends it as Ctrl+C or a shutdown does.</summary>
    public Task<int> StopAsync()
    {
        _isStopped = true;
        return _script.SignalAsync("TERM");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        try
        {
            if (!_isStopped)
            {
                // Not killed: what it has started would stay.
                await StopAsync();
            }
        }
        finally
        {
            await _script.DisposeAsync();
        }
    }

    private MatchCollection Starts(int node) => Regex.Matches(
        _script.Output, $@"(?m)^  gateway-{node} +pid (?<pid>\d+) +(/|again, after exit code (?<code>\d+))", RegexOptions.CultureInvariant);

    private static int FreePorts()
    {
        while (true)
        {
            var port = RedisServer.FreePort();
            if (port < 65_530 && Addresses(port).All(address => IsFree(address.Host, address.Port)))
            {
                return port;
            }
        }
    }

    private static IEnumerable<(string Host, int Port)> Addresses(int port) =>
    [
        ("127.0.0.1", port), ("127.0.0.1", port + 1), ("127.0.0.1", port + 2),
        .. Enumerable.Range(1, NodeCount).SelectMany(node => new[] { ($"127.0.0.1{node}", port + 3), ($"127.0.0.1{node}", port + 4) }),
    ];

    private static bool IsFree(string host, int port)
    {
        try
        {
            using var probe = new TcpClient();
            probe.Connect(host, port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static int? ParentOf(int pid)
    {
        try
        {
            // The name, which may hold anything, ends with the last parenthesis; then come the state and the parent.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
