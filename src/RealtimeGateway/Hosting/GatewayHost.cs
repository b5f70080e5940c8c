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
    ILogger<GatewayHost> log,
    LeaveFleet? leave = null) : IHostedLifecycleService
{
    private bool _isAllTold;

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
    public async Task StoppingAsync(CancellationToken cancellationToken) => _isAllTold = await drain.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// When nothing is served any more: leaves the fleet, unless some connection's end is left for the others to tell, and writes the last lines of the access logs.
    /// </summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_isAllTold && leave is not null)
        {
            await leave(cancellationToken);
        }

        await accessLogs.StopAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ManagementIsLoopbackOnly, LogLevel.Warning, "No access key is configured: @connections answers only callers on this machine that come without a proxy.")]
        public static partial void ManagementIsLoopbackOnly(ILogger logger);
    }
}
