using System.Diagnostics;
using System.Net.Sockets;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Redis;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>An HAProxy in front of a fleet, which asks each node's <c>/readyz</c> five times a second.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;

    private LoadBalancer(int port, IEnumerable<FleetNode> nodes)
    {
        Port = port;
        var file = _directory.Write("haproxy.cfg", $"""
            global
              maxconn 8000
            defaults
              mode http
              timeout connect 2s
              timeout client 60s
              timeout server 60s
              timeout tunnel 1h
              retries 3
              option redispatch
            frontend clients
              bind 127.0.0.1:{port}
              default_backend gateways
            backend gateways
              balance leastconn
              option httpchk GET /readyz
              default-server inter 200ms fall 1 rise 1
            {string.Join('\n', nodes.Select(node => $"  server node{node.Index} 127.0.0.1:{node.Data.Port} check port {node.Admin.Port}"))}

            """);
        _process = Process.Start(new ProcessStartInfo(Tools.Require("haproxy"), ["-db", "-f", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        // Nobody reads them, and a full pipe would stop the process.
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public int Port { get; }

    public static async Task<LoadBalancer> StartAsync(IEnumerable<FleetNode> nodes)
    {
        var balancer = new LoadBalancer(RedisServer.FreePort(), nodes);
        using var http = new HttpClient();
        await RedisServer.UntilAsync(
            async () =>
            {
                try
                {
                    return $"{(await http.GetAsync(new Uri($"http://127.0.0.1:{balancer.Port}/"))).StatusCode}";
                }
                catch (HttpRequestException exception)
                {
                    throw new IOException(exception.Message, exception);
                }
            },
            answer => answer == "Forbidden",
            "HAProxy has found a node");
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }
}
