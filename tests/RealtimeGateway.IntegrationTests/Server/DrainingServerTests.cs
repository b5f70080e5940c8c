using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary>How the program leaves, and how operators make it.</summary>
public sealed class DrainingServerTests : IDisposable
{
    private const string Chat = "apis: { chat: { routes: { $default: }, stages: { prod: } } }";

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Signal_First_LeavesInItsOwnTimeAndExitsWithZero()
    {
        await using var server = await StartAsync("--drain-time", "2");
        var (data, admin) = (await server.AddressAsync("data"), await server.AddressAsync("admin"));
        var clients = new List<RawWebSocket>();
        for (var i = 0; i < 8; i++)
        {
            clients.Add(await RawWebSocket.ConnectAsync(data.Port, "/prod"));
        }

        var exiting = server.SignalAsync("TERM");
        await server.WaitForAsync("takes no new clients. Its 8 are closed after 0 s, over 2 s");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the gateway is stopping"), await ReadyAsync(admin));
        using var late = await RawWebSocket.ConnectAsync(data.Port, "/prod");
        Assert.Equal((503, "1", "close"), (late.Status, late.Header("Retry-After"), late.Header("Connection")));

        var moments = new List<TimeSpan>();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(clients.Select(async client =>
        {
            Assert.Equal((1001, "Shutdown"), await client.ReadCloseAsync() is var close ? (close.CloseCode, close.CloseText) : default);
            lock (moments)
            {
                moments.Add(TimeProvider.System.GetElapsedTime(started));
            }

            await client.SendCloseAsync(1001);
        }));

        Assert.Equal(0, await exiting);
        Assert.True(moments.Max() - moments.Min() > TimeSpan.FromMilliseconds(700), "They were closed all at once.");
        Assert.Contains("the ends of 0 are not told", server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task Signal_Second_CutsEverythingAndExitsAtOnce(string signal, int code)
    {
        await using var server = await StartAsync("--drain-time", "3600");
        using var client = await RawWebSocket.ConnectAsync((await server.AddressAsync("data")).Port, "/prod");

        var exiting = server.SignalAsync("TERM");
        await server.WaitForAsync("takes no new clients. Its 1 are closed after 0 s, over 3600 s");
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(code, await server.SignalAsync(signal));

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "It took its time.");
        Assert.Equal(code, await exiting);
        _ = await client.ReadEndAsync();
    }

    [Theory]
    [InlineData("--drain-time", "-1", "--drain-time (Gateway:DrainTime): '-1' is no number of seconds from 0 to 3600")]
    [InlineData("--drain-time", "1h", "--drain-time (Gateway:DrainTime): '1h' is no number of seconds from 0 to 3600")]
    public async Task Setting_IsWrong_IsTold(string option, string value, string problem)
    {
        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, option, value);

        Assert.Equal((1, problem), (code, error.Trim()));
    }

    [Fact]
    public async Task Setting_ProxyIsNoNetwork_IsTold()
    {
        await using var server = ServerProcess.Run(_directory.Path, new() { ["Gateway__TrustedProxies"] = "10.0.0.1, haproxy" });

        Assert.Equal(1, await server.ExitAsync());
        Assert.Equal("Gateway:TrustedProxies:1: 'haproxy' is neither an address nor a network; write for example 10.0.0.7 or 10.1.0.0/16", server.Error.Trim());
    }

    [Fact]
    public async Task Commands_DrainAndTakeBack_DoSo()
    {
        await using var server = await StartAsync();
        var (data, admin) = (await server.AddressAsync("data"), await server.AddressAsync("admin"));
        using var client = await RawWebSocket.ConnectAsync(data.Port, "/prod");
        var node = JsonNode.Parse((await RunAsync(admin, "nodes", "--json")).Output)!;
        Assert.Equal((1, false, true, "none"), ((int)node["connections"]!, (bool)node["isDraining"]!, (bool)node["isSelf"]!, (string?)node["lease"]));
        Assert.Equal(0, (await RunAsync(admin, "health", "--ready")).Code);

        Assert.Equal(0, (await RunAsync(admin, "drain", "--time", "3600")).Code);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the gateway drains"), await ReadyAsync(admin));
        Assert.Equal(1, (await RunAsync(admin, "health", "--ready")).Code);
        Assert.Equal(0, (await RunAsync(admin, "health")).Code);
        Assert.True((bool)JsonNode.Parse((await RunAsync(admin, "nodes", "--json")).Output)!["isDraining"]!);
        Assert.Equal(0, (await RunAsync(admin, "undrain")).Code);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(admin)).Status);

        var draining = RunAsync(admin, "drain", "--time", "0", "--wait");
        Assert.Equal(1001, (await client.ReadCloseAsync()).CloseCode);
        Assert.False(draining.IsCompleted);
        await client.SendCloseAsync(1001);
        Assert.Equal(0, (await draining).Code);
    }

    [Fact]
    public async Task Commands_Rebalance_ShedsWhatIsTooMuch()
    {
        await using var server = await StartAsync();
        var (data, admin) = (await server.AddressAsync("data"), await server.AddressAsync("admin"));
        using var first = await RawWebSocket.ConnectAsync(data.Port, "/prod");
        using var second = await RawWebSocket.ConnectAsync(data.Port, "/prod");

        Assert.Equal(
            (1, "409 ConflictException: There is no fleet whose average could be taken; give the number of clients to keep."),
            await RunAsync(admin, "rebalance") is var refused ? (refused.Code, refused.Error.Trim()) : default);
        Assert.Equal((1, true), await RunAsync(admin, "rebalance", "--to", "some") is var wrong ? (wrong.Code, wrong.Error.Contains("--to: 'some'", StringComparison.Ordinal)) : default);
        Assert.Equal("2\t1\t1\t0.1\n", (await RunAsync(admin, "rebalance", "--to", "1", "--rate", "10")).Output.TrimEnd('\n') + '\n');

        var closed = await Task.WhenAny(first.ReadCloseAsync(), second.ReadCloseAsync());
        Assert.Equal((1001, "Going away"), await closed is var close ? (close.CloseCode, close.CloseText) : default);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(admin)).Status);
        Assert.Equal(0, (await RunAsync(admin, "rebalance", "--stop")).Code);
    }

    [Theory]
    [InlineData("drain", "[]", "The body must be a JSON object, or empty.")]
    [InlineData("drain", "{", "The body must be a JSON object, or empty.")]
    [InlineData("drain", """{"seconds":-1}""", "seconds must be a number from 0 to 3600.")]
    [InlineData("drain", """{"seconds":"1"}""", "seconds must be a number from 0 to 3600.")]
    [InlineData("rebalance", """{"to":-1}""", "to must be \"average\" or the number of clients to keep.")]
    [InlineData("rebalance", """{"to":1,"ratePerSecond":0}""", "ratePerSecond must be a number above 0, 100000 at most.")]
    public async Task Operation_WrongBody_IsRefused(string operation, string body, string message)
    {
        await using var server = await StartAsync();
        var admin = await server.AddressAsync("admin");

        using var content = new StringContent(body);
        using var response = await _http.PostAsync(new Uri(admin, $"/gateway/{operation}"), content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(message, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["message"]);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(admin)).Status);
    }

    [Fact]
    public async Task Operation_WithoutToken_IsRefused()
    {
        _directory.Write("gateway.yaml", Chat);
        await using var server = ServerProcess.Run(
            _directory.Path,
            new() { ["Gateway__BearerTokens__0"] = "0123456789abcdef" },
            "--data-url", "http://127.0.0.1:0", "--admin-url", "http://127.0.0.1:0");
        var admin = await server.AddressAsync("admin");

        foreach (var (method, path) in new[] { ("POST", "drain"), ("POST", "undrain"), ("POST", "rebalance"), ("DELETE", "rebalance"), ("GET", "nodes") })
        {
            using var request = new HttpRequestMessage(new(method), new Uri(admin, $"/gateway/{path}"));
            using var response = await _http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Equal(0, (await RunAsync(admin, "drain", "--token", "0123456789abcdef")).Code);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ReadyAsync(admin)).Status);
    }

    private async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        _directory.Write("gateway.yaml", Chat);
        return await ServerProcess.StartAsync(_directory.Path, arguments);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(Uri admin, params string[] arguments) =>
        ServerProcess.RunToEndAsync(_directory.Path, [.. arguments, "--admin-url", admin.AbsoluteUri]);

    private async Task<(HttpStatusCode Status, string? Reason)> ReadyAsync(Uri admin)
    {
        using var response = await _http.GetAsync(new Uri(admin, "/readyz"), Cancellation);
        return (response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["reason"]);
    }
}
