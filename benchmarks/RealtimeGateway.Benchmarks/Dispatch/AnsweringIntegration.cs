using System.Buffers;
using RealtimeGateway.Buffers;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>Answers on the spot with the message itself: the dispatcher's share of an echo.</summary>
internal sealed class AnsweringIntegration : IIntegration
{
    public ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        var answer = ArrayPool<byte>.Shared.Rent(context.Body.Length);
        context.Body.CopyTo(answer);
        return new(new IntegrationOutcome
        {
            Status = IntegrationStatus.Answered,
            StatusCode = 200,
            Body = new PooledBytes(answer, context.Body.Length),
            HasBody = true,
        });
    }
}
