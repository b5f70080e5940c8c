using Microsoft.Extensions.Hosting;
using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Cluster;

/// <summary>What a node does as one of a fleet, as a whole: it joins, keeps records, tells the ends of dead nodes' connections, and leaves.</summary>
internal sealed class FleetMember(Membership membership, ConnectionRecords records, Reaper reaper, ConnectionLifecycle lifecycle) : IHostedService
{
    /// <summary>Begins to join. Whoever listens for other nodes should do so before.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        membership.Condemned += lifecycle.Abandon;
        await records.StartAsync(cancellationToken);
        await reaper.StartAsync(cancellationToken);
        await membership.StartAsync(cancellationToken);
    }

    /// <inheritdoc cref="LeaveAsync"/>
    public Task StopAsync(CancellationToken cancellationToken) => LeaveAsync(cancellationToken);

    /// <summary>
    /// Leaves, when clients have been closed and their ends told. If some have not, or their records could not be removed, the lease is let run out instead, and
    /// others tell them.
    /// </summary>
    /// <returns>Whether nothing was left to others.</returns>
    public async Task<bool> LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await reaper.StopAsync(cancellationToken);
            if (records.Count == 0 && await records.FlushAsync(cancellationToken))
            {
                await membership.LeaveAsync(cancellationToken);
                await records.StopAsync(cancellationToken);
                return true;
            }

            await membership.StopAsync(cancellationToken);
            await records.StopAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Out of time: the lease runs out, and others see to the rest.
        }

        return false;
    }
}
