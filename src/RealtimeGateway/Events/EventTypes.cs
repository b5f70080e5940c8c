namespace RealtimeGateway.Events;

/// <summary>How events, headers and logs spell an <see cref="EventType"/>.</summary>
internal static class EventTypes
{
    /// <summary>The name, as on AWS.</summary>
    public static string Name(EventType type) => type switch
    {
        EventType.Connect => "CONNECT",
        EventType.Message => "MESSAGE",
        EventType.Disconnect => "DISCONNECT",
        _ => "CONNECTION_API",
    };
}
