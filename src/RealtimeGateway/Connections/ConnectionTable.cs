using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Connections;

/// <summary>The open connections of this node, by id.</summary>
internal sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<ConnectionId, Connection> _connections = new();
    private int _count;

    /// <summary>How many are open. Costs nothing to ask.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a connection.</summary>
    /// <exception cref="InvalidOperationException">Its id is taken: the source of randomness is broken.</exception>
    public void Add(Connection connection)
    {
        if (!_connections.TryAdd(connection.Id, connection))
        {
            throw new InvalidOperationException("Two connections got one id.");
        }

        Interlocked.Increment(ref _count);
    }

    /// <summary>Takes a connection out.</summary>
    public void Remove(Connection connection)
    {
        if (_connections.TryRemove(new KeyValuePair<ConnectionId, Connection>(connection.Id, connection)))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Finds an open connection.</summary>
    public bool TryGet(ConnectionId id, [NotNullWhen(true)] out Connection? connection) => _connections.TryGetValue(id, out connection);

    /// <summary>Goes through the connections without stopping others from coming and going.</summary>
    public IEnumerator<KeyValuePair<ConnectionId, Connection>> GetEnumerator() => _connections.GetEnumerator();
}
