namespace RealtimeGateway.Redis;

/// <summary>How a fleet uses its Redis.</summary>
public sealed class RealtimeGatewayRedisOptions
{
    /// <summary>
    /// What the names of all keys and channels begin with, so that several fleets can share a Redis: 1 to 64 letters, digits, '.', '_' or '-'.
    /// Default <c>rg</c>. All nodes of a fleet have the same.
    /// </summary>
    public string KeyPrefix { get; set; } = "rg";
}
