namespace RealtimeGateway.Server.Listeners;

/// <summary>Which of the two listeners; a feature of each connection, and metadata of each endpoint.</summary>
internal sealed record ListenerSide
{
    /// <summary>Clients and callers of @connections.</summary>
    public static ListenerSide Data { get; } = new() { Name = "data" };

    /// <summary>Operators.</summary>
    public static ListenerSide Admin { get; } = new() { Name = "admin" };

    /// <summary>For people.</summary>
    public required string Name { get; init; }
}
