namespace RealtimeGateway.Cluster;

/// <summary>What one node asks of another. The numbers are on the wire.</summary>
internal enum CallKind
{
    /// <summary>Nothing but an answer.</summary>
    Probe = 0,

    /// <summary>Queue a message for a connection.</summary>
    Post = 1,

    /// <summary>Describe a connection.</summary>
    Get = 2,

    /// <summary>Close a connection.</summary>
    Delete = 3,

    /// <summary>Queue a message for several connections. A node that does not know it refuses it.</summary>
    PostMany = 4,
}
