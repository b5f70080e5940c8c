using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Deployments;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Tests.ControlPlane;

/// <summary>The control plane without sockets, on a store in memory: calls by method, path and body.</summary>
internal sealed class ControlBench : IAsyncDisposable
{
    private readonly IHost _host;

    private ControlBench(IHost host) => _host = host;

    public IApiStore Store => _host.Services.GetRequiredService<IApiStore>();

    public ActiveStages Stages => _host.Services.GetRequiredService<ActiveStages>();

    public CommandExecutor Executor => _host.Services.GetRequiredService<CommandExecutor>();

    public Gateway Gateway => _host.Services.GetRequiredService<Gateway>();

    public static async Task<ControlBench> StartAsync(GatewayConfiguration? configuration = null, IApiStore? store = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        builder.Services.AddSingleton(store ?? new MemoryApiStore());
        builder.AddRealtimeGateway(options => options.Configuration = configuration ?? GatewayConfiguration.Empty);
        builder.AddRealtimeGatewayControlPlane(options => options.ConfigurationName = "the configuration file gateway.yaml");
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    /// <summary>Calls an operation by its raw path and query.</summary>
    public async Task<(int Status, string? ErrorType, JsonNode? Body)> CallAsync(string method, string target, JsonNode? body = null)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var query = mark < 0 ? [] : QueryHelpers.ParseQuery(target[mark..]);
        var table = _host.Services.GetRequiredService<OperationTable>();
        if (!table.TryFind(method, mark < 0 ? target : target[..mark], query, out var operation, out var values))
        {
            return (404, "unknown path", null);
        }

        var call = new ControlPlaneCall
        {
            Path = values,
            Query = query,
            Body = (JsonObject?)body ?? [],
            Region = "eu-west-1",
            Time = _host.Services.GetRequiredService<TimeProvider>().GetUtcNow(),
            Names = _host.Services.GetRequiredService<ControlPlaneNames>(),
        };
        var reply = await Executor.RunAsync(state => operation.Decide!(state, call), TestContext.Current.CancellationToken);
        return (reply.Status, reply.ErrorType, reply.Body.IsEmpty ? null : JsonNode.Parse(reply.Body.Span));
    }

    /// <summary>Calls an operation that must go well; the body as JSON text.</summary>
    public async Task<JsonNode> DoAsync(string method, string target, string body = "{}")
    {
        var (status, type, answer) = await CallAsync(method, target, JsonNode.Parse(body));
        Assert.True(status < 300, $"{method} {target}: {status} {type} {answer?.ToJsonString()}");
        return answer ?? new JsonObject();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
