using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>What GET <c>@connections</c> tells of a connection.</summary>
/// <param name="SourceIp">The client's address as printed in events.</param>
/// <param name="UserAgent">The client's <c>User-Agent</c>; null when it sent none.</param>
/// <param name="ConnectedAt">When the handshake arrived, by the clock of the connection's node.</param>
/// <param name="LastActiveAt">When a message last came or went, by that clock.</param>
internal readonly record struct ConnectionDescription(string SourceIp, string? UserAgent, DateTimeOffset ConnectedAt, DateTimeOffset LastActiveAt)
{
    /// <summary>Describes a connection of this node.</summary>
    public static ConnectionDescription Of(Connection connection)
    {
        var client = connection.Identity;
        return new(client.SourceIp, client.UserAgent, client.ConnectedAt, connection.LastActiveAt);
    }
}
