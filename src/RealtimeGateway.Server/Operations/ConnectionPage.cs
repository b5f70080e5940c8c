using RealtimeGateway.Connections;

namespace RealtimeGateway.Server.Operations;

/// <summary>One page of this node's open connections, in the order of their ids.</summary>
/// <param name="Connections">The connections.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; <see langword="null"/> on the last.</param>
internal sealed record ConnectionPage(ConnectionEntry[] Connections, string? Next)
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>
    /// Reads a page. Looks at every connection once and keeps no more than the page, so that a node with very many is not held up.
    /// </summary>
    /// <param name="table">The node's connections.</param>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="after">The id that the page starts behind; <see langword="null"/>: the first page.</param>
    /// <param name="limit">How many at most.</param>
    public static ConnectionPage Read(ConnectionTable table, Func<Connection, bool> filter, ConnectionId? after, int limit)
    {
        // The largest id on top: it is the one to go when a smaller one comes. One more than the page tells whether there is another.
        var smallest = new PriorityQueue<Connection, ConnectionId>(Comparer<ConnectionId>.Create(static (a, b) => b.CompareTo(a)));
        foreach (var (id, connection) in table)
        {
            if ((after is { } start && id.CompareTo(start) <= 0) || !connection.IsOpen || !filter(connection))
            {
                continue;
            }

            if (smallest.Count <= limit)
            {
                smallest.Enqueue(connection, id);
            }
            else
            {
                smallest.EnqueueDequeue(connection, id);
            }
        }

        var hasMore = smallest.Count > limit;
        if (hasMore)
        {
            smallest.Dequeue();
        }

        var page = new ConnectionEntry[smallest.Count];
        for (var i = page.Length - 1; i >= 0; i--)
        {
            page[i] = ConnectionEntry.Of(smallest.Dequeue());
        }

        return new(page, hasMore ? page[^1].ConnectionId : null);
    }
}
