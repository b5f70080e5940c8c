using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>
/// AWS with a Lambda function: the function gets the message, or what a template makes of it, and no event around it; what it returns is the
/// answer. A function that fails answers too, and responses are picked by its error message.
/// </summary>
internal sealed class LambdaIntegration(LambdaClient lambda, RequestShape request, ResponseShapes responses, ILogger log) : IIntegration
{
    /// <inheritdoc/>
    public int QuickBytes { get; } = request.QuickBytes;

    /// <inheritdoc/>
    public async ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        using var payload = new PooledBufferWriter();
        if (request.Make(context, out var parts, payload) is { } failure)
        {
            return IntegrationOutcome.Of(failure);
        }

        var answer = await lambda.InvokeAsync(context, payload.WrittenMemory, parts, cancellationToken);
        if (answer.Status != IntegrationStatus.Answered)
        {
            return IntegrationOutcome.Of(answer.Status);
        }

        if (answer.StatusCode is < 200 or >= 300)
        {
            FunctionLog.Refused(log, lambda.Function.Arn, answer.StatusCode, FunctionLog.ErrorType(answer));
            answer.Dispose();
            return IntegrationOutcome.Of(IntegrationStatus.Failed);
        }

        await HandOver.WhenLong(answer.Body.Memory.Length, responses.QuickBytes);
        return Shape(context, answer);
    }

    private IntegrationOutcome Shape(EventContext context, BackendAnswer answer)
    {
        var hasFailed = LambdaClient.IsFunctionError(answer);
        if (hasFailed)
        {
            FunctionLog.Failed(log, lambda.Function.Arn);
            FunctionLog.Trace(context.Trace, answer);
        }

        // On $connect there is nobody to shape a failure for.
        if (hasFailed && (responses.IsEmpty || context.Type == EventType.Connect))
        {
            answer.Dispose();
            return IntegrationOutcome.Of(IntegrationStatus.FunctionFailed);
        }

        if (responses.IsEmpty)
        {
            return answer.PassOn();
        }

        using (answer)
        {
            context.Answer = new IntegrationAnswer(answer.StatusCode, answer.Body.Memory, answer.Headers);
            return responses.Apply(context, hasFailed ? ResponseShapes.ErrorMessageOf(answer.Body.Span) : null);
        }
    }
}
