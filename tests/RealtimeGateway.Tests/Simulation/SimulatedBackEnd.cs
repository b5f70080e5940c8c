using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>The back end that is told of ends, as one node calls it. It knows of a telling from its beginning, whether its answer is heard or not.</summary>
internal sealed class SimulatedBackEnd(SimulatedFleet fleet, int node, TimeProvider time, Random random) : IIntegration
{
    /// <inheritdoc/>
    public int QuickBytes => -1;

    /// <inheritdoc/>
    public async ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        var (id, eventId) = (context.ConnectionId, context.RequestId.ToString());
        fleet.History.Add(fleet.Loop.Now, HistoryKind.TellBegan, node, id, text: eventId);
        await Task.Delay(TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerMillisecond, 100 * TimeSpan.TicksPerMillisecond)), time, cancellationToken);
        fleet.History.Add(fleet.Loop.Now, HistoryKind.TellEnded, node, id, text: eventId);
        return new IntegrationOutcome { Status = IntegrationStatus.Answered, StatusCode = 200 };
    }
}
