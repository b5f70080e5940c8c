using RealtimeGateway.Connections;

namespace RealtimeGateway.Events;

/// <summary>One event on its way to an integration: what happened, to whom, on which route. Only the dispatcher sets it, and reuses it.</summary>
internal sealed class EventContext
{
    /// <summary>What happened.</summary>
    public required EventType Type { get; set; }

    /// <summary>Where.</summary>
    public required StageIdentity Stage { get; set; }

    /// <summary>The route that was selected.</summary>
    public required string RouteKey { get; set; }

    /// <summary>The connection.</summary>
    public required ConnectionId ConnectionId { get; set; }

    /// <summary>The client.</summary>
    public required ClientIdentity Client { get; set; }

    /// <summary>Names this event.</summary>
    public required RequestId RequestId { get; set; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset RequestTime { get; set; }

    /// <summary>Names the message; only of a <see cref="EventType.Message"/>.</summary>
    public ConnectionId MessageId { get; set; }

    /// <summary>The message; valid while the integration runs.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Whether the message was sent as binary.</summary>
    public bool IsBinary { get; set; }

    /// <summary>The client's request; only of a <see cref="EventType.Connect"/>.</summary>
    public UpgradeRequest? Upgrade { get; set; }

    /// <summary>How the connection ended; only of a <see cref="EventType.Disconnect"/>.</summary>
    public CloseReason CloseReason { get; set; }
}
