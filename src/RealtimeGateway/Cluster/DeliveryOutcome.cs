namespace RealtimeGateway.Cluster;

/// <summary>What came of a call to a connection, wherever in the fleet it is.</summary>
internal enum DeliveryOutcome
{
    /// <summary>Not known: its node was asked and did not answer in time. It may have been done.</summary>
    Unknown = 0,

    /// <summary>Done: the node that holds the connection has queued the message, described the connection or begun to close it.</summary>
    Done,

    /// <summary>Done earlier: the message was queued under the same name, and was not sent again.</summary>
    Repeated,

    /// <summary>The connection has ended or never was, for certain.</summary>
    Gone,

    /// <summary>The connection's send queue is full; nothing was queued.</summary>
    Full,

    /// <summary>Certainly not done: there is no way to its node now.</summary>
    Unreachable,
}
