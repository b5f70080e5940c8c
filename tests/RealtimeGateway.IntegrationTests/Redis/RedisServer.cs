using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>A <c>redis-server</c> or <c>redis-sentinel</c> of its own, on a free port of loopback, with its files in a directory that goes with it.</summary>
internal sealed partial class RedisServer : IAsyncDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    private readonly TemporaryDirectory _directory = new();
    private readonly string _program;
    private readonly string[] _arguments;
    private Process? _process;

    private RedisServer(string program, int port, Func<string, string[]> arguments)
    {
        _program = Tools.Require(program);
        Port = port;
        _arguments = arguments(_directory.Path);
    }

    public int Port { get; }

    public bool IsRunning => _process is not null;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts a server that keeps nothing on disk.</summary>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        // Not the first free port only: between its choice and its use another process may take it.
        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer("redis-server", FreePort(), directory =>
                ["--dir", directory, "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0", .. arguments]);
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (TimeoutException) when (attempt < 5)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Starts a sentinel that watches a master.</summary>
    public static async Task<RedisServer> StartSentinelAsync(string service, int masterPort)
    {
        var sentinel = new RedisServer("redis-sentinel", FreePort(), directory =>
        {
            var file = Path.Combine(directory, "sentinel.conf");
            File.WriteAllText(file, $"""
                dir {directory}
                sentinel monitor {service} 127.0.0.1 {masterPort} 2
                sentinel down-after-milliseconds {service} 1000
                sentinel failover-timeout {service} 4000

                """);
            return [file];
        });
        try
        {
            await sentinel.StartAgainAsync();
            return sentinel;
        }
        catch
        {
            await sentinel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, again on its port.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(_program, [.. _arguments, "--port", $"{Port}", "--bind", "127.0.0.1", "--loglevel", "warning", "--logfile", "redis.log"])
        {
            WorkingDirectory = _directory.Path,
            // Else it would keep the output of the test run open.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        await UntilAsync(() => CommandAsync("PING"), reply => reply.Contains("PONG", StringComparison.Ordinal), "Redis answers");
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Stops it from running, sockets open.</summary>
    public void Freeze() => Assert.Equal(0, Kill(_process!.Id, SigStop));

    /// <summary>Lets it run on.</summary>
    public void Thaw() => Assert.Equal(0, Kill(_process!.Id, SigCont));

    /// <summary>Gives it one command in a connection of its own; the answer as it comes over the wire.</summary>
    public async Task<string> CommandAsync(string command)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, deadline.Token);
        var stream = client.GetStream();
        // Sentinels do not know QUIT; an echo after the answer shows where it ends.
        const string End = "$7\r\nthe-end\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{command}\r\nPING the-end\r\n"), deadline.Token);
        var reply = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, deadline.Token);
            reply.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var text = reply.ToString();
            if (read == 0 || text.EndsWith(End, StringComparison.Ordinal))
            {
                return text.Replace(End, "", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Asks until the answer is right.</summary>
    public static async Task<string> UntilAsync(Func<Task<string>> ask, Func<string, bool> isRight, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var last = "";
            try
            {
                last = await ask();
                if (isRight(last))
                {
                    return last;
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                last = exception.Message;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience.Limit)
            {
                throw new TimeoutException($"Waited {Patience.Limit.TotalSeconds} s until {what}; last: {last}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _directory.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
