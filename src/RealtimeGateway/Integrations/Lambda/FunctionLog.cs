using Microsoft.Extensions.Logging;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>What the log says about calls of functions: never what was sent or answered.</summary>
internal static partial class FunctionLog
{
    /// <summary>The name of the error by which the Invoke API refused a call.</summary>
    public static string ErrorType(in BackendAnswer answer) =>
        answer.Headers!.TryGetValues("x-amzn-ErrorType", out var values) ? values.FirstOrDefault() ?? "" : "";

    /// <summary>Tells the execution log why a function failed, in AWS's words.</summary>
    public static void Trace(ExecutionTrace? trace, in BackendAnswer answer)
    {
        if (trace is null)
        {
            return;
        }

        var id = answer.Headers!.TryGetValues("x-amzn-RequestId", out var values) ? values.FirstOrDefault() : "";
        trace.Error(
            $"Lambda execution failed with status 200 due to customer function error: {ResponseShapes.ErrorMessageOf(answer.Body.Span)}. Lambda request id: {id}");
    }

    [LoggerMessage(EventIds.FunctionRefused, LogLevel.Warning, "The call of {Function} was refused: {StatusCode} {ErrorType}")]
    public static partial void Refused(ILogger logger, string function, int statusCode, string errorType);

    [LoggerMessage(EventIds.FunctionFailed, LogLevel.Warning, "The function {Function} failed.")]
    public static partial void Failed(ILogger logger, string function);

    [LoggerMessage(EventIds.FunctionAnswerMalformed, LogLevel.Warning, "The function {Function} did not answer with an object that has a statusCode.")]
    public static partial void Malformed(ILogger logger, string function);
}
