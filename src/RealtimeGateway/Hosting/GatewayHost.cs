using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization;
using RealtimeGateway.Cluster;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Hosting;

/// <summary>Starts and stops the gateway with its application.</summary>
internal sealed partial class GatewayHost(
    ActiveStages stages,
    ConnectionLifecycle lifecycle,
    Drain drain,
    GatewayAccess access,
    AccessLogs accessLogs,
    IOptions<RealtimeGatewayOptions> options,
    ILogger<GatewayHost> log) : IHostedLifecycleService
{
    /// <summary>Serves the configuration given in code, before the listeners open.</summary>
    /// <exception cref="InvalidOperationException">It is wrong; the application must not start with it.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        stages.Changed += lifecycle.Follow;
        var configuration = options.Value.Configuration;
        if (!configuration.Apis.IsEmpty && stages.Apply(configuration) is { IsEmpty: false } errors)
        {
            throw new InvalidOperationException($"The gateway's configuration is wrong:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
        }

        if (!access.HasCredentials)
        {
            Log.ManagementIsLoopbackOnly(log);
        }

        return Task.CompletedTask;
    }

    /// <summary>Leaves while everything still runs: <see cref="Drain"/>.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => drain.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes the last lines of the access logs, when nothing is served any more.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => accessLogs.StopAsync(cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(EventIds.ManagementIsLoopbackOnly, LogLevel.Warning, "No access key is configured: @connections answers only callers on this machine that come without a proxy.")]
        public static partial void ManagementIsLoopbackOnly(ILogger logger);
    }
}
