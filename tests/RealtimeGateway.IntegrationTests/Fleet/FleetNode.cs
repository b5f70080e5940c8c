using System.Net.Http.Json;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>One gateway process of a fleet.</summary>
internal sealed class FleetNode : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private FleetNode(ServerProcess process, int index, Uri data, Uri admin)
    {
        _process = process;
        Index = index;
        Data = data;
        Admin = admin;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = data };
    }

    public int Index { get; }

    public Uri Data { get; }

    public Uri Admin { get; }

    /// <summary>Asks the data listener.</summary>
    public HttpClient Http { get; }

    public int Pid => _process.Id;

    public string Output => _process.Output + _process.Error;

    /// <summary>Starts a node and waits until it is ready.</summary>
    public static async Task<FleetNode> StartAsync(
        int index, string directory, Dictionary<string, string> environment, params string[] arguments)
    {
        var process = ServerProcess.Run(directory, environment, arguments);
        var node = new FleetNode(process, index, await process.AddressAsync("data"), await process.AddressAsync("admin"));
        await node.ReadyAsync();
        return node;
    }

    /// <summary>Waits until the node says that it may be sent clients.</summary>
    public async Task ReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience.Limit, $"Node {Index} is not ready:\n{Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Admin, "/readyz"), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>What the admin listener answers.</summary>
    public async Task<JsonNode?> AskAsync(string path) => await Http.GetFromJsonAsync<JsonNode>(new Uri(Admin, path), TestContext.Current.CancellationToken);

    /// <summary>Pushes to a connection through this node.</summary>
    public async Task<PushAnswer> PostAsync(string id, string text, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/chat/prod/@connections/{Uri.EscapeDataString(id)}") { Content = new StringContent(text) };
        if (key is not null)
        {
            request.Headers.Add("amz-sdk-invocation-id", key);
        }

        var started = TimeProvider.System.GetTimestamp();
        try
        {
            using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
            return new(
                (int)answer.StatusCode,
                answer.Headers.TryGetValues("x-gateway-delivery", out var values) ? values.First() : null,
                TimeProvider.System.GetElapsedTime(started));
        }
        catch (HttpRequestException)
        {
            return new(0, null, TimeProvider.System.GetElapsedTime(started));
        }
    }

    /// <summary>Sends a signal by name, such as <c>STOP</c>.</summary>
    public Task SendAsync(string signal) => _process.SendAsync(signal);

    /// <summary>Ends it as SIGKILL does: without a word.</summary>
    public async Task KillAsync()
    {
        await _process.SendAsync("KILL");
        await _process.ExitAsync();
    }

    /// <summary>Asks it to stop, and waits for its exit code.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        await _process.SendAsync("TERM");
        return await _process.ExitAsync(patience);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}

/// <summary>What a push was answered; status 0: nothing came back.</summary>
internal sealed record PushAnswer(int Status, string? Delivery, TimeSpan Took);
