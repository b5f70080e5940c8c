using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>Starts the programs of other makers. Each method returns <see langword="null"/> when the program is not installed.</summary>
internal sealed class Peers(SuiteOptions options, string scratch)
{
    public const string NodeWsName = "Node ws";

    public const string NchanName = "nchan";

    public const string ServerlessOfflineName = "serverless-offline";

    private const string NchanModule = "/usr/lib/nginx/modules/ngx_nchan_module.so";

    /// <summary>The WebSocket server that most of Node uses; one process, as Node is.</summary>
    public Subject? StartNodeWs()
    {
        var directory = Path.Combine(options.Peers, "node-ws");
        if (Find("node") is not { } node || !Directory.Exists(Path.Combine(directory, "node_modules")))
        {
            return null;
        }

        var (process, url) = ServerProcess.Start(node, ["server.mjs"], Floors.Listening, directory: directory);
        return new Subject(NodeWsName, [process], new UriBuilder(url) { Scheme = "ws" }.Uri, url, new Uri(url, "broadcast"));
    }

    /// <summary>nginx's push module in C: one worker, no message kept.</summary>
    public Subject? StartNchan()
    {
        if (Find("nginx") is not { } nginx || !File.Exists(NchanModule))
        {
            return null;
        }

        var directory = Directory.CreateDirectory(Path.Combine(scratch, $"nchan-{FreePort()}")).FullName;
        var port = FreePort();
        var file = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(file, File.ReadAllText(Path.Combine(options.Peers, "nchan", "nginx.conf"))
            .Replace("{module}", NchanModule, StringComparison.Ordinal)
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var url = new Uri($"http://127.0.0.1:{port}/");
        var (process, _) = ServerProcess.Start(nginx, ["-p", directory, "-c", file, "-e", "stderr"], _ => Answers(port) ? url : null);
        return new Subject(NchanName, [process], new Uri($"ws://127.0.0.1:{port}/subscribe"), url, new Uri(url, "publish"));
    }

    /// <summary>Amazon API Gateway's WebSocket API, emulated for developers.</summary>
    public Subject? StartServerlessOffline()
    {
        var directory = Path.Combine(options.Peers, "serverless-offline");
        var program = Path.Combine(directory, "node_modules", "serverless", "bin", "serverless.js");
        if (Find("node") is not { } node || !File.Exists(program))
        {
            return null;
        }

        var (http, sockets, lambda) = (FreePort(), FreePort(), FreePort());
        string[] arguments =
        [
            program, "offline", "start", "--httpPort", Text(http), "--websocketPort", Text(sockets), "--lambdaPort", Text(lambda), "--noPrependStageInUrl",
        ];
        var url = new Uri($"http://127.0.0.1:{sockets}/");
        var quiet = new Dictionary<string, string> { ["SLS_TELEMETRY_DISABLED"] = "1", ["SLS_NOTIFICATIONS_MODE"] = "off", ["CI"] = "1" };
        var (process, _) = ServerProcess.Start(node, arguments, _ => Answers(sockets) ? url : null, quiet, directory);
        return new Subject(ServerlessOfflineName, [process], new Uri($"ws://127.0.0.1:{sockets}/"), url);
    }

    /// <summary>A Redis for a fleet: nothing is kept on disk.</summary>
    public (ServerProcess Process, string ConnectionString)? StartRedis()
    {
        if (Find("redis-server") is not { } redis)
        {
            return null;
        }

        var port = FreePort();
        var url = new Uri($"tcp://127.0.0.1:{port}");
        var (process, _) = ServerProcess.Start(
            redis, ["--port", Text(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", scratch], _ => Answers(port) ? url : null);
        return (process, $"127.0.0.1:{port}");
    }

    /// <summary>The first line that a program prints about its version; <see langword="null"/> when it is not installed.</summary>
    public static string? VersionOf(string program, params string[] arguments)
    {
        if (Find(program) is not { } path)
        {
            return null;
        }

        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text.Split('\n')[0].Trim() : null;
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Answers(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
