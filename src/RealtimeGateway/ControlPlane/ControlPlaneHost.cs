using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.ControlPlane;

/// <summary>Serves what the store holds before the listeners open, and follows the store and the gateway's own configuration from then on.</summary>
internal sealed class ControlPlaneHost(CommandExecutor executor, ActiveStages stages) : BackgroundService
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        stages.AuthoredChanged += Signal;
        await executor.LoadAsync(cancellationToken);
        await executor.FollowAuthoredAsync(stages.Authored, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        stages.AuthoredChanged -= Signal;
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowAuthoredAsync(stoppingToken), executor.FollowStoreAsync(stoppingToken));

    private async Task FollowAuthoredAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync(stoppingToken))
        {
            await executor.FollowAuthoredAsync(stages.Authored, stoppingToken);
        }
    }

    private void Signal() => _signals.Writer.TryWrite(true);
}
