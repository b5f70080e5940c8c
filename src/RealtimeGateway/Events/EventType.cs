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

    /// <summary>A back end called <c>@connections</c>. No integration ever sees it; access logs do.</summary>
    ConnectionApi,
}
