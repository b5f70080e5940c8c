using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations;

/// <summary>A back end, compiled and ready to be called from many threads.</summary>
internal interface IIntegration
{
    /// <summary>
    /// The longest body, in bytes, with which the part of <see cref="InvokeAsync"/> that comes before its first wait is sure to be short work; -1:
    /// with none. Longer work must not run where bytes arrive, since all connections of that thread would wait for it.
    /// </summary>
    int QuickBytes { get; }

    /// <summary>
    /// Calls the back end with one event and returns its answer. Never throws for what a back end or the network does: that is a
    /// <see cref="IntegrationStatus"/>. The event's body must not be used after the returned task has completed.
    /// </summary>
    ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken);
}
