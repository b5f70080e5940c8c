using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Deploy;

/// <summary>The configuration of HAProxy that is shipped, with the HAProxy that is installed, before the program.</summary>
public sealed class HaProxyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Timeouts_AreRightForWebSockets()
    {
        var lines = DeployedFiles.Read("deploy/haproxy/haproxy.cfg").Split('\n').Select(line => line.Trim()).ToArray();

        Assert.Contains("timeout tunnel 1h", lines);
        Assert.Contains("timeout client-fin 30s", lines);
        Assert.Contains("balance leastconn", lines);
        Assert.Contains("option httpchk GET /readyz", lines);
        Assert.Contains("option redispatch", lines);
        // A POST that was sent may have been delivered.
        Assert.Contains("retry-on conn-failure", lines);
    }

    [Fact]
    public async Task Client_ThroughTheProxy_IsSeenByItsOwnAddress()
    {
        await using var server = await ServeAsync("127.0.0.1");
        var port = FreePort();
        await using var proxy = await ProxyAsync(server, port);

        using var client = await RawWebSocket.OpenAsync(port, IPAddress.Parse("127.0.0.7"));
        await client.SendBytesAsync(Encoding.Latin1.GetBytes(RawWebSocket.Request(
            port, "/chat/prod", "X-Forwarded-For: 198.51.100.1", "Forwarded: for=198.51.100.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: admin.example.com")));
        await client.ReadHeadAsync();
        Assert.Equal(101, client.Status);

        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal($"127.0.0.7 127.0.0.1:{port}", await client.ReadTextAsync());
        var entry = Assert.Single((await AskAsync(server, "/gateway/connections"))["connections"]!.AsArray())!;
        Assert.Equal("127.0.0.7", (string?)entry["sourceIp"]);
    }

    [Fact]
    public async Task Client_ProxyIsNotTrusted_IsTheProxy()
    {
        await using var server = await ServeAsync("10.0.0.0/8");
        var port = FreePort();
        await using var proxy = await ProxyAsync(server, port);

        using var client = await RawWebSocket.ConnectAsync(port, "/chat/prod");

        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.Equal($"127.0.0.1 127.0.0.1:{port}", await client.ReadTextAsync());
    }

    /// <summary>The proxy sends a node that drains nobody new, and leaves those alone that it has; the close frame comes through.</summary>
    [Fact]
    public async Task Drain_BehindTheProxy_KeepsOpenSocketsUntilTheyAreClosed()
    {
        await using var server = await ServeAsync("127.0.0.1");
        var port = FreePort();
        await using var proxy = await ProxyAsync(server, port);
        using var client = await RawWebSocket.ConnectAsync(port, "/chat/prod");
        Assert.Equal(101, client.Status);

        await TellAsync(server, "drain", """{"seconds":3600}""");
        await Patience.Until(() => proxy.Output.Contains("has no server available", StringComparison.Ordinal) || proxy.Error.Contains("has no server available", StringComparison.Ordinal), "the proxy has seen it");
        using var late = await RawWebSocket.ConnectAsync(port, "/chat/prod");
        Assert.Equal(503, late.Status);
        await client.SendTextAsync("""{"action":"ping"}""");
        Assert.StartsWith("127.0.0.1 ", await client.ReadTextAsync(), StringComparison.Ordinal);

        var exiting = server.SignalAsync("TERM");
        var close = await client.ReadCloseAsync();
        Assert.Equal(1001, close.CloseCode);
        await client.SendCloseAsync(1001);
        Assert.Equal(0, await exiting);
    }

    private async Task<ServerProcess> ServeAsync(string trusted)
    {
        _directory.Write("gateway.yaml", """
            apis:
              chat:
                routeSelectionExpression: $request.body.action
                integrations:
                  me: { type: MOCK, requestTemplates: '{"statusCode":200}', responses: { $default: '$context.identity.sourceIp $context.domainName' } }
                routes:
                  ping: { target: me, routeResponse: true }
                stages: { prod: }
            """);
        var server = ServerProcess.Run(
            _directory.Path,
            new() { ["Gateway__TrustedProxies"] = trusted },
            "--data-url", "http://127.0.0.1:0", "--admin-url", "http://127.0.0.1:0", "--drain-time", "1");
        await server.WaitForAsync("warning: management answers");
        return server;
    }

    private async Task<ServerProcess> ProxyAsync(ServerProcess server, int port)
    {
        var program = File.Exists("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : Tools.Require("haproxy");
        var (data, admin) = (await server.AddressAsync("data"), await server.AddressAsync("admin"));
        var proxy = ServerProcess.RunProgram(
            program,
            _directory.Path,
            new()
            {
                ["LISTEN"] = $"127.0.0.1:{port}",
                ["GATEWAY_1"] = "127.0.0.1",
                ["GATEWAY_2"] = "127.0.0.1",
                ["GATEWAY_3"] = "127.0.0.1",
                ["GATEWAY_PORT"] = $"{data.Port}",
                ["GATEWAY_ADMIN_PORT"] = $"{admin.Port}",
            },
            "-db", "-f", DeployedFiles.PathOf("deploy/haproxy/haproxy.cfg"));
        await Patience.Until(() => IsOpen(port), "the proxy listens");
        return proxy;
    }

    private async Task<JsonNode> AskAsync(ServerProcess server, string path) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(await server.AddressAsync("admin"), path), Cancellation))!;

    private async Task TellAsync(ServerProcess server, string operation, string body)
    {
        using var content = new StringContent(body);
        using var response = await _http.PostAsync(new Uri(await server.AddressAsync("admin"), $"/gateway/{operation}"), content, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsOpen(int port)
    {
        try
        {
            using var probe = new TcpClient();
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
