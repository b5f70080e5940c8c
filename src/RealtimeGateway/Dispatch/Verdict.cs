using Microsoft.AspNetCore.Http;
using RealtimeGateway.Apis;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Dispatch;

/// <summary>What the outcome of a call means for the event that it was made for.</summary>
/// <param name="Status">The event's status in logs, and that of a refused handshake.</param>
/// <param name="Error">What the client is told; null: nothing went wrong that the gateway speaks of.</param>
/// <param name="Fault">Which error metric counts it.</param>
internal readonly record struct Verdict(int Status, ErrorFrame? Error, EventFault Fault)
{
    /// <summary>An event that called nothing and is done.</summary>
    public static Verdict Done => new(StatusCodes.Status200OK, null, EventFault.None);

    /// <summary>What went wrong, for the metrics.</summary>
    public string ErrorType => Error?.ResponseType ?? (Status >= 500 ? "5xx" : "4xx");

    /// <summary>A gateway that gives no back end the event.</summary>
    public static Verdict Refuse(int status, ErrorFrame error) => new(status, error, FaultOf(status));

    /// <summary>Which error metric counts a refusal of the gateway's own.</summary>
    public static EventFault FaultOf(int refusedStatus) => refusedStatus < 500 ? EventFault.Client : EventFault.Execution;

    /// <summary>The verdict on a call. An answer is passed on whatever its status: a status of 503 with a body makes no error frame.</summary>
    public static Verdict Of(in IntegrationOutcome outcome, IntegrationType? type) => outcome.Status switch
    {
        IntegrationStatus.Answered => new(outcome.StatusCode, null, FaultOf(outcome.StatusCode, type)),
        IntegrationStatus.Refused => Refuse(StatusCodes.Status415UnsupportedMediaType, ErrorFrame.UnsupportedMediaType),
        IntegrationStatus.FunctionFailed => Refuse(StatusCodes.Status502BadGateway, ErrorFrame.InternalServerError),
        IntegrationStatus.TimedOut => Refuse(StatusCodes.Status504GatewayTimeout, ErrorFrame.TimedOut),
        _ => Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.InternalServerError),
    };

    /// <summary>A function's own 5xx counts as a failed execution, as on AWS.</summary>
    private static EventFault FaultOf(int status, IntegrationType? type) => status switch
    {
        < 400 => EventFault.None,
        >= 500 when type == IntegrationType.AwsProxy => EventFault.Execution,
        _ => EventFault.Integration,
    };
}
