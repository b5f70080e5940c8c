using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Diagnostics;

/// <summary>The execution log of one stage, or of one of its routes: what happens to each event, step by step, in the words of Amazon API Gateway.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html</remarks>
/// <param name="log">Takes the lines, in the category <see cref="Category"/>.</param>
/// <param name="group">The name of the log group, as on AWS: <c>/aws/apigateway/{api}/{stage}</c>.</param>
/// <param name="level">Which lines are told; not <see cref="LoggingLevel.Off"/>.</param>
/// <param name="withPayload">Whether messages and answers are told as well.</param>
internal sealed class ExecutionLog(ILogger log, string group, LoggingLevel level, bool withPayload)
{
    /// <summary>The category of the lines: this type's own name, so that it can be switched by itself.</summary>
    public static string Category { get; } = typeof(ExecutionLog).FullName!;

    /// <summary>Begins the lines of one event.</summary>
    public ExecutionTrace Begin(string requestId) => new(log, group, requestId, level == LoggingLevel.Info, withPayload);
}
