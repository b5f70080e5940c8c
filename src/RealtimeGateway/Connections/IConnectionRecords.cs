namespace RealtimeGateway.Connections;

/// <summary>
/// Keeps, outside this process, what is needed to tell the end of a connection if its node cannot. Without a fleet there is nobody to tell it, and nothing
/// is kept.
/// </summary>
internal interface IConnectionRecords
{
    /// <summary>Keeps a connection that is about to open. Completes when it is kept, or soon after when it cannot be: it is then kept later.</summary>
    ValueTask AddAsync(ConnectionId id, ClientIdentity client);

    /// <summary>Waits until this node may tell the end of one of its connections: a node that may be taken for dead must not, since others do.</summary>
    /// <returns>Whether it is still for this node to tell; <see langword="false"/>: others have told it.</returns>
    ValueTask<bool> MayTellEndAsync(ConnectionId id);

    /// <summary>Drops a connection whose end has been told, or was not to be told.</summary>
    void Remove(ConnectionId id);
}
