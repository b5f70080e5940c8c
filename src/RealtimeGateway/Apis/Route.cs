namespace RealtimeGateway.Apis;

/// <summary>What happens to the messages with one route key.</summary>
public sealed record Route
{
    /// <summary>The key of the route that runs before a connection opens.</summary>
    public const string Connect = "$connect";

    /// <summary>The key of the route that runs after a connection ended.</summary>
    public const string Disconnect = "$disconnect";

    /// <summary>The key of the route for messages that no other route takes.</summary>
    public const string Default = "$default";

    /// <summary><c>$connect</c>, <c>$disconnect</c>, <c>$default</c>, or the value that the route-selection expression yields; 1 to 128 characters.</summary>
    public required string RouteKey { get; init; }

    /// <summary>
    /// The <see cref="Integration.Id"/> that is called. <see langword="null"/>: nothing is called; connections open and messages are taken in silence.
    /// </summary>
    public string? Target { get; init; }

    /// <summary>
    /// Whether the integration's answer goes back to the client, as with a <c>$default</c> route response on Amazon API Gateway. Default: one-way.
    /// </summary>
    public bool HasRouteResponse { get; init; }

    /// <summary>How many messages of one connection may be under way at once. Default: parallel, as on Amazon API Gateway, but bounded.</summary>
    public RouteConcurrency Concurrency { get; init; } = RouteConcurrency.Parallel(RouteConcurrency.DefaultBound);
}
