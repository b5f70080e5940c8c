using System.Globalization;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Server.Operations;

/// <summary>An open connection as the admin listener tells it. Times are ISO 8601 in UTC.</summary>
/// <param name="ConnectionId">Its id, as events have it.</param>
/// <param name="ApiId">Its API.</param>
/// <param name="Stage">The stage it connected to.</param>
/// <param name="SourceIp">The client's address.</param>
/// <param name="UserAgent">The client's <c>User-Agent</c>, if it sent one.</param>
/// <param name="ConnectedAt">When it connected.</param>
/// <param name="LastActiveAt">When a message last came or went; only its own node knows.</param>
/// <param name="QueuedMessages">Messages that wait for the client to read; only its own node knows.</param>
/// <param name="Node">The name of its node; only told where there is a fleet.</param>
internal sealed record ConnectionEntry(
    string ConnectionId, string ApiId, string Stage, string SourceIp, string? UserAgent, string ConnectedAt, string? LastActiveAt, int? QueuedMessages, string? Node = null)
{
    /// <summary>The connection as it is now, on this node.</summary>
    public static ConnectionEntry Of(Connection connection) =>
        Of(connection.Id, connection.Identity) with { LastActiveAt = Print(connection.LastActiveAt), QueuedMessages = connection.QueuedMessages };

    /// <summary>What is on record of a connection, wherever it is.</summary>
    public static ConnectionEntry Of(ConnectionId id, ClientIdentity client) =>
        new(id.ToString(), client.ApiId.ToString(), client.StageName, client.SourceIp, client.UserAgent, Print(client.ConnectedAt), null, null);

    /// <summary>A time as the admin listener tells it.</summary>
    public static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
