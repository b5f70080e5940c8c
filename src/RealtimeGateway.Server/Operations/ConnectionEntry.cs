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
/// <param name="LastActiveAt">When a message last came or went.</param>
/// <param name="QueuedMessages">Messages that wait for the client to read.</param>
internal sealed record ConnectionEntry(
    string ConnectionId, string ApiId, string Stage, string SourceIp, string? UserAgent, string ConnectedAt, string LastActiveAt, int QueuedMessages)
{
    /// <summary>The connection as it is now.</summary>
    public static ConnectionEntry Of(Connection connection)
    {
        var identity = connection.Identity;
        return new(
            connection.Id.ToString(), identity.ApiId.ToString(), identity.StageName, identity.SourceIp, identity.UserAgent,
            Print(identity.ConnectedAt), Print(connection.LastActiveAt), connection.QueuedMessages);
    }

    private static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
