using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>AWS_PROXY: hands the event to a Lambda function and takes its proxy response.</summary>
internal sealed class LambdaProxyIntegration(LambdaClient lambda, ILogger log) : IIntegration
{
    /// <summary>An event is written in one pass over the message.</summary>
    public int QuickBytes => HandOver.OnePassBytes;

    /// <inheritdoc/>
    public async ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        using var payload = new PooledBufferWriter();
        ProxyEvent.Write(context, payload);
        using var answer = await lambda.InvokeAsync(context, payload.WrittenMemory, null, cancellationToken);
        return answer.Status == IntegrationStatus.Answered ? Read(context, answer) : IntegrationOutcome.Of(answer.Status);
    }

    private IntegrationOutcome Read(EventContext context, in BackendAnswer answer)
    {
        if (answer.StatusCode is < 200 or >= 300)
        {
            FunctionLog.Refused(log, lambda.Function.Arn, answer.StatusCode, FunctionLog.ErrorType(answer));
            return IntegrationOutcome.Of(IntegrationStatus.Failed);
        }

        if (LambdaClient.IsFunctionError(answer))
        {
            FunctionLog.Failed(log, lambda.Function.Arn);
            FunctionLog.Trace(context.Trace, answer);
            return IntegrationOutcome.Of(IntegrationStatus.FunctionFailed);
        }

        if (ProxyResponse.TryRead(answer.Body.Span, out var outcome))
        {
            return outcome;
        }

        FunctionLog.Malformed(log, lambda.Function.Arn);
        return IntegrationOutcome.Of(IntegrationStatus.Malformed);
    }
}
