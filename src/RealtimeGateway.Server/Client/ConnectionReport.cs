using System.Globalization;
using RealtimeGateway.Server.Operations;

namespace RealtimeGateway.Server.Client;

/// <summary>Lists connections.</summary>
internal static class ConnectionReport
{
    /// <summary>Prints as many connections as are wanted, page by page.</summary>
    public static async Task PrintAsync(GatewayCaller caller, Wish wish, ClientOutput print, CancellationToken cancellationToken)
    {
        var entries = new List<ConnectionEntry>();
        var next = wish.After;
        do
        {
            var page = await caller.ConnectionsAsync(
                wish.Api, wish.Stage, wish.Node, Math.Min(wish.Limit - entries.Count, ConnectionPage.MaxLimit), next, cancellationToken);
            entries.AddRange(page.Connections);
            next = page.Next;
        }
        while (next is not null && entries.Count < wish.Limit);

        print.Rows(
            entries,
            ("CONNECTION", entry => entry.ConnectionId),
            ("API", entry => entry.ApiId),
            ("STAGE", entry => entry.Stage),
            ("CLIENT", entry => entry.SourceIp),
            ("CONNECTED", entry => entry.ConnectedAt),
            ("LAST ACTIVE", entry => entry.LastActiveAt ?? "-"),
            ("QUEUED", entry => entry.QueuedMessages?.ToString(CultureInfo.InvariantCulture) ?? "-"),
            ("NODE", entry => entry.Node ?? "-"),
            ("USER AGENT", entry => entry.UserAgent ?? ""));
        if (next is not null)
        {
            print.Note($"There are more: --after '{next}'");
        }
        else if (entries.Count == 0)
        {
            print.Note("No connections.");
        }
    }

    /// <summary>Which connections are wanted.</summary>
    internal sealed record Wish(string? Api, string? Stage, string? Node, int Limit, string? After);
}
