using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Hosting;

/// <summary>Starts and stops the gateway with its application.</summary>
internal sealed partial class GatewayHost(
    ActiveStages stages,
    ConnectionTable connections,
    ConnectionLifecycle lifecycle,
    GatewayAccess access,
    AccessLogs accessLogs,
    IOptions<RealtimeGatewayOptions> options,
    TimeProvider time,
    ILogger<GatewayHost> log) : IHostedLifecycleService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

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

    /// <summary>Closes every connection with 1001 while everything still runs, and waits until they are gone or the time is up.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifecycle.Stop();
        using var timer = new PeriodicTimer(LookInterval, time);
        var started = time.GetTimestamp();
        while (lifecycle.Pending > 0 && time.GetElapsedTime(started) < options.Value.StopTimeout && !cancellationToken.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        foreach (var (_, connection) in connections)
        {
            connection.Cut(CloseReason.Shutdown);
        }
    }

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
