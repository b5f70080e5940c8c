using Microsoft.Extensions.Hosting;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Hosting;

/// <summary>Asks every connection once a second what has run out, and the memory of deliveries, so that none needs a timer of its own.</summary>
internal sealed class ConnectionSweeper(ConnectionTable connections, DeliveryLog deliveries, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                SweepOnce();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Does what is due now.</summary>
    public void SweepOnce()
    {
        var now = time.GetTimestamp();
        foreach (var (_, connection) in connections)
        {
            connection.Sweep(now);
        }

        deliveries.Prune();
    }
}
