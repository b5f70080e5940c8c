namespace RealtimeGateway.Connections;

/// <summary>What became of a message for a client.</summary>
internal enum SendOutcome
{
    /// <summary>The whole message is in the send queue of the open connection.</summary>
    Queued,

    /// <summary>The message was queued earlier, under the same name, and not again.</summary>
    Repeated,

    /// <summary>The connection has ended, is ending, or never was.</summary>
    Gone,

    /// <summary>The connection's send queue, or the node's share of memory for all of them, is full; nothing was queued.</summary>
    Full,
}
