using Microsoft.Extensions.Hosting;

namespace RealtimeGateway.Throttling;

/// <summary>Lets the node tell and hear of the fleet's limits, once a second.</summary>
internal sealed class FleetLimitsLoop(FleetLimits limits, IFleetQuotas fleet, TimeProvider time) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = time.GetTimestamp();
        using var timer = new PeriodicTimer(FleetLimits.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetTimestamp();
            await limits.ExchangeAsync(fleet, time.GetElapsedTime(last, now), stoppingToken);
            last = now;
        }
    }
}
