using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Server.Operations;

/// <summary>Tells operators of the nodes of the fleet and of their connections; of this node alone where there is no fleet.</summary>
/// <param name="connections">This node's connections.</param>
/// <param name="ids">Names this node.</param>
/// <param name="drain">Whether this node leaves.</param>
/// <param name="rebalance">Whether this node sheds clients.</param>
/// <param name="options">What this node is called.</param>
/// <param name="backplane">The fleet; null: there is none.</param>
internal sealed class FleetReport(
    ConnectionTable connections, IdSource ids, Drain drain, Rebalance rebalance, IOptions<RealtimeGatewayOptions> options, IBackplane? backplane = null)
{
    /// <summary>What stands for the node that is asked, in place of a name.</summary>
    public const string Self = "self";

    /// <summary>How many records are looked at for one page, at most: a filter that takes few must not make one call read the records of everybody.</summary>
    private const int MaxScanned = 10_000;

    private const int RecordsAtOnce = 500;

    private static readonly DateTimeOffset StartedAt = Process.GetCurrentProcess().StartTime;

    /// <summary>Whether other nodes can be told of.</summary>
    public bool HasFleet => backplane is not null;

    /// <summary>The nodes.</summary>
    public async Task<NodeList> NodesAsync(CancellationToken cancellationToken)
    {
        if (backplane is null)
        {
            return new([Own("none")], null);
        }

        FleetView view;
        try
        {
            view = await backplane.ReadFleetAsync(cancellationToken);
        }
        catch (BackplaneException exception)
        {
            return new([Own("unknown")], $"The other nodes are not known now: {exception.Message}");
        }

        var own = ids.Incarnation;
        var nodes = view.Nodes.OrderBy(node => node.Incarnation).Select(node => Of(node, own)).ToList();
        if (view.Find(own) is null)
        {
            nodes.Add(Own("expired"));
        }

        return new([.. nodes], null);
    }

    /// <summary>How many clients each node would have if all that take new ones had the same; null: that is not known.</summary>
    /// <exception cref="BackplaneException">The fleet cannot be read.</exception>
    public async Task<int?> AverageAsync(CancellationToken cancellationToken)
    {
        if (backplane is null)
        {
            return null;
        }

        var own = ids.Incarnation;
        var counts = (await backplane.ReadFleetAsync(cancellationToken)).Nodes
            .Where(node => node is { HasLease: true, IsCondemned: false, Announcement.IsDraining: false } && node.Incarnation != own)
            .Select(node => (double)node.Announcement.Connections)
            .Append(connections.Count);
        return (int)Math.Ceiling(counts.Average());
    }

    /// <summary>
    /// A page of the fleet's connections in the order of their ids, which is node by node. It can be short of the limit, even empty, and still have a
    /// <see cref="ConnectionPage.Next"/>.
    /// </summary>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="node">Only those of the node of this name or incarnation; null: all.</param>
    /// <param name="after">The id that the page starts behind; null: the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BackplaneException">The fleet cannot be read.</exception>
    public async Task<ConnectionPage> ListAsync(ConnectionFilter filter, string? node, ConnectionId? after, int limit, CancellationToken cancellationToken)
    {
        var view = await backplane!.ReadFleetAsync(cancellationToken);
        var page = new List<ConnectionEntry>();
        var scanned = 0;
        foreach (var entry in view.Nodes.OrderBy(candidate => candidate.Incarnation))
        {
            if (entry.IsCondemned || entry.Incarnation < after?.Incarnation || (node is not null && !IsNamed(entry, node)))
            {
                continue;
            }

            var left = (await backplane.ReadRecordIdsAsync(entry.Incarnation, cancellationToken)).Where(id => after is null || id.CompareTo(after.Value) > 0).Order().ToArray();
            foreach (var some in left.Chunk(RecordsAtOnce))
            {
                var found = (await backplane.ReadRecordsAsync(entry.Incarnation, some, cancellationToken)).OrderBy(record => record.Id);
                foreach (var record in found)
                {
                    if (page.Count == limit)
                    {
                        return new([.. page], page[^1].ConnectionId);
                    }

                    if (RecordFormat.TryRead(record.Bytes, out var client) && filter.Takes(client))
                    {
                        page.Add(Of(record.Id, client) with { Node = entry.Announcement.Name });
                    }
                }

                scanned += some.Length;
                if (scanned >= MaxScanned)
                {
                    return new([.. page], some[^1].ToString());
                }
            }
        }

        return new([.. page], null);
    }

    /// <summary>A connection, wherever it is; null: nowhere.</summary>
    /// <exception cref="BackplaneException">The fleet cannot be read.</exception>
    public async Task<ConnectionEntry?> FindAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        if (connections.TryGet(id, out var connection) && connection.IsOpen)
        {
            return ConnectionEntry.Of(connection);
        }

        if (!HasFleet || id.Incarnation == ids.Incarnation)
        {
            return null;
        }

        var found = await backplane!.ReadRecordsAsync(id.Incarnation, [id], cancellationToken);
        return found.Count == 1 && RecordFormat.TryRead(found[0].Bytes, out var client) ? ConnectionEntry.Of(id, client) : null;
    }

    private ConnectionEntry Of(ConnectionId id, ClientIdentity client) =>
        connections.TryGet(id, out var connection) ? ConnectionEntry.Of(connection) : ConnectionEntry.Of(id, client);

    private NodeReport Of(in NodeEntry node, uint own)
    {
        var lease = node.IsCondemned ? "condemned" : node.HasLease ? "alive" : "expired";
        var said = node.Announcement;
        return node.Incarnation == own
            ? Own(lease) with { Name = said.Name, StartedAt = ConnectionEntry.Print(said.StartedAt) }
            : new(said.Name, Print(said.Incarnation), false, ConnectionEntry.Print(said.StartedAt), said.Connections, said.IsDraining, lease, null);
    }

    // What this node knows of itself is newer than what it last told.
    private NodeReport Own(string lease) => new(
        options.Value.NodeName, Print(ids.Incarnation), true, ConnectionEntry.Print(StartedAt),
        connections.Count, drain.IsDraining, lease, rebalance.Left);

    private static bool IsNamed(in NodeEntry node, string name) =>
        node.Announcement.Name == name || Print(node.Incarnation).Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Print(uint incarnation) => incarnation.ToString("x8", CultureInfo.InvariantCulture);
}
