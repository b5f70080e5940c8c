using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>The program with <c>--redis</c>.</summary>
public sealed class RedisServeTests : IDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("redis://localhost", "no URL")]
    [InlineData("localhost:1,nonsense=1", "cannot be read")]
    [InlineData("password=secret-word", "names no server")]
    public async Task Serve_WrongConnectionString_StopsTheStartAndKeepsSecrets(string connection, string problem)
    {
        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, "--redis", connection);

        Assert.Equal(1, code);
        Assert.Contains("--redis (Gateway:Redis): ", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_TwoNodes_ShareTheControlPlane()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await ServerProcess.StartAsync(_directory.Path, "--redis", redis.Address);
        await using var b = await ServerProcess.StartAsync(_directory.Path, "--redis", redis.Address);
        Assert.Contains($"redis  {redis.Address}  key prefix rg", a.Output, StringComparison.Ordinal);

        var id = await CreateApiAsync(a);

        await UntilAsync(async () => (await GetAsync(b, $"v2/apis/{id}")).StatusCode == HttpStatusCode.OK, "the other node knows the API");
        Assert.False(File.Exists(Path.Combine(_directory.Path, "data", "control-plane.db")));
    }

    [Fact]
    public async Task Serve_RedisAway_StartsWarnsRefusesChangesAndRecovers()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var node = await ServerProcess.StartAsync(_directory.Path, "--redis", redis.Address);
        await node.WaitForAsync("cannot be reached");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(node, "healthz")).StatusCode);

        using var refused = await PostApiAsync(node);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("ServiceUnavailableException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Contains("Try again later", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        await redis.StartAgainAsync();
        await UntilAsync(async () => (await PostApiAsync(node)).StatusCode == HttpStatusCode.Created, "changes are taken");
    }

    /// <summary>Nobody else knows a node that has never joined, so that others would say of its clients that they are gone; one that has joined serves on without Redis.</summary>
    [Fact]
    public async Task Ready_WithRedis_OnceTheNodeHasJoined()
    {
        _directory.Write("gateway.yaml", "apis: { chat: { routes: {}, stages: { prod: } } }");
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var node = await ServerProcess.StartAsync(_directory.Path, "--redis", redis.Address);
        using var alone = await GetAsync(node, "readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, alone.StatusCode);
        Assert.Equal("the fleet has not been joined: Redis cannot be reached", (string?)JsonNode.Parse(await alone.Content.ReadAsStringAsync(Cancellation))!["reason"]);

        await redis.StartAgainAsync();
        await UntilAsync(async () => (await GetAsync(node, "readyz")).StatusCode == HttpStatusCode.OK, "the node is ready");

        await redis.KillAsync();
        await node.WaitForAsync("The backplane does not answer");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(node, "readyz")).StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(ServerProcess server, string path) =>
        await Http.GetAsync(new Uri(await server.AddressAsync("admin"), path), Cancellation);

    private static async Task<HttpResponseMessage> PostApiAsync(ServerProcess server)
    {
        using var body = new StringContent(
            """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}""", Encoding.UTF8, "application/json");
        return await Http.PostAsync(new Uri(await server.AddressAsync("admin"), "v2/apis"), body, Cancellation);
    }

    private static async Task<string> CreateApiAsync(ServerProcess server)
    {
        using var response = await PostApiAsync(server);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["apiId"]!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < ServerProcess.Patience, $"Waited until {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }
}
