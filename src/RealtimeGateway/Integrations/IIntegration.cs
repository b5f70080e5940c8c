using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations;

/// <summary>A back end, compiled and ready to be called from many threads.</summary>
internal interface IIntegration
{
    /// <summary>
    /// Calls the back end with one event and returns its answer. Never throws for what a back end or the network does: that is a
    /// <see cref="IntegrationStatus"/>. The event's body must not be used after the returned task has completed.
    /// </summary>
    ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken);
}
