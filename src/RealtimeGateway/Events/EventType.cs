namespace RealtimeGateway.Events;

/// <summary>What happened to a connection.</summary>
internal enum EventType
{
    /// <summary>A client asks to connect.</summary>
    Connect,

    /// <summary>A client sent a message.</summary>
    Message,

    /// <summary>A connection has ended.</summary>
    Disconnect,
}
