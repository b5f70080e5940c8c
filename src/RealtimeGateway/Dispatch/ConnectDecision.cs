using RealtimeGateway.Authorization;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;

namespace RealtimeGateway.Dispatch;

/// <summary>Whether a client may connect. Its taker disposes of it.</summary>
internal readonly record struct ConnectDecision : IDisposable
{
    /// <summary>Names the event in which it was decided.</summary>
    public RequestId RequestId { get; init; }

    /// <summary>The status of a refusal; 0 when the client may connect.</summary>
    public int RefusedStatus { get; init; }

    /// <summary>The gateway's own reason for a refusal; null: <see cref="Body"/> is what the integration said.</summary>
    public ErrorFrame? Error { get; init; }

    /// <summary>The front door's reason for a refusal, in place of <see cref="Error"/>; null: there is none.</summary>
    public CallerRefusal? Caller { get; init; }

    /// <summary>Who the client is, once it may connect.</summary>
    public ClientIdentity? Client { get; init; }

    /// <summary>Which error metric counts a refusal.</summary>
    public EventFault Fault { get; init; }

    /// <summary>Whether the integration was asked.</summary>
    public bool WasIntegrationCalled { get; init; }

    /// <summary>The integration's words of refusal.</summary>
    public PooledBytes Body { get; init; }

    /// <summary>The subprotocol to speak; null: none.</summary>
    public string? Subprotocol { get; init; }

    /// <summary>Whether the client may connect.</summary>
    public bool IsAccepted => RefusedStatus == 0;

    /// <summary>What it means for the event.</summary>
    public Verdict Verdict => IsAccepted ? Verdict.Done : new(RefusedStatus, Error ?? Caller?.ToError(), Fault);

    /// <summary>A refusal in the gateway's own words.</summary>
    public static ConnectDecision Refuse(int status, ErrorFrame error) =>
        new() { RefusedStatus = status, Error = error, Fault = Verdict.FaultOf(status) };

    /// <summary>A refusal before the integration was asked.</summary>
    public static ConnectDecision Refuse(in AuthorizationDecision decision) =>
        new() { RefusedStatus = decision.Status, Error = decision.Error, Caller = decision.Caller, Fault = Verdict.FaultOf(decision.Status) };

    /// <inheritdoc/>
    public void Dispose() => Body.Dispose();
}
