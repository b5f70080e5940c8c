using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Mock;

/// <summary>MOCK.</summary>
internal sealed class MockIntegration : IIntegration
{
    /// <inheritdoc/>
    public ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken) =>
        new(new IntegrationOutcome { Status = IntegrationStatus.Answered, StatusCode = 200 });
}
