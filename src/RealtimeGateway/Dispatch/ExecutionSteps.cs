using System.Globalization;
using System.Text;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;

namespace RealtimeGateway.Dispatch;

/// <summary>The steps of an event that the execution log tells around the call of its integration, in AWS's words.</summary>
internal static class ExecutionSteps
{
    /// <summary>Tells that an event has come; nothing where the log is off.</summary>
    /// <param name="log">The route's log; null: off.</param>
    /// <param name="context">The event, which carries the trace from here on.</param>
    public static void Begin(ExecutionLog? log, EventContext context)
    {
        if (log is null)
        {
            return;
        }

        var id = context.RequestId.ToString();
        var trace = context.Trace = log.Begin(id);
        if (!trace.IsInfo)
        {
            return;
        }

        var (api, stage) = (context.Stage.ApiId, context.Stage.Name);
        trace.Info($"Extended Request Id: {id}");
        trace.Info($"Verifying Usage Plan for request: {id}. API Key:  API Stage: {api}/{stage}");
        trace.Info($"API Key  authorized because route '{context.RouteKey}' does not require API Key. Request will not contribute to throttle or quota limits");
        trace.Info($"Usage Plan check succeeded for API Key  and API Stage {api}/{stage}");
        trace.Info($"Starting execution for request: {id}");
        trace.Info($"WebSocket Request Route: [{context.RouteKey}]");
        switch (context.Type)
        {
            case EventType.Connect:
                trace.Info($"Client [UserAgent: {context.Client.UserAgent ?? "null"}, SourceIp: {context.Client.SourceIp}] is connecting to WebSocket API [{api}].");
                break;
            case EventType.Message:
                var message = trace.HasPayload ? $" Message: [{Encoding.UTF8.GetString(context.Body.Span)}]" : "";
                trace.Info($"WebSocket API [{api}] received message from client [Connection Id: {context.ConnectionId}].{message}");
                break;
            default:
                break;
        }
    }

    /// <summary>Tells what became of an event.</summary>
    public static void End(EventContext context, in Verdict verdict)
    {
        if (context.Trace is not { } trace)
        {
            return;
        }

        if (verdict.Error is { } error)
        {
            trace.Error($"Execution failed: {error.Message} ({error.ResponseType}){(context.ValidationError is { } mistake ? $": {mistake}" : "")}");
        }

        var status = verdict.Status.ToString(CultureInfo.InvariantCulture);
        var api = context.Stage.ApiId;
        trace.Info(context.Type switch
        {
            EventType.Connect when verdict.Error is null && verdict.Status is >= 200 and < 300 =>
                $"Client [Connection Id: {context.ConnectionId}] connected to API [{api}] successfully.",
            EventType.Connect => $"Client [Connection Id: {context.ConnectionId}] was refused by API [{api}] with response status code [{status}].",
            EventType.Disconnect =>
                $"Client [Connection Id: {context.ConnectionId}] disconnected from API [{api}] with integration response status code [{status}]. "
                + $"Close reason: [{context.CloseReason.Code}: {context.CloseReason.Reason}]",
            _ => $"Message from client [Connection Id: {context.ConnectionId}] sent to API [{api}] with response status code [{status}].",
        });
    }
}
