using System.Diagnostics.CodeAnalysis;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>What callers may do to the connections of this node, whichever node they called. Never waits.</summary>
internal sealed class LocalConnections(ConnectionTable connections, DeliveryLog deliveries)
{
    /// <summary>Queues a message, unless it is a repeat of one that was queued.</summary>
    public DeliveryOutcome Post(ConnectionId id, ApiId apiId, ReadOnlySpan<byte> payload, bool isBinary, DeliveryKey key)
    {
        if (!TryFind(id, apiId, out var connection))
        {
            return DeliveryOutcome.Gone;
        }

        return Of(key.IsNone ? connection.TrySend(payload, isBinary) : deliveries.SendOnce(key, connection, payload, isBinary));
    }

    /// <summary>Finds a connection that a message may go to; null: it is gone.</summary>
    public Connection? Find(ConnectionId id, ApiId apiId) => TryFind(id, apiId, out var connection) ? connection : null;

    /// <summary>Queues a message that goes to many for one of them, unless it is a repeat of one that was queued.</summary>
    public DeliveryOutcome Post(Connection connection, SharedMessage message, DeliveryKey key) =>
        Of(key.IsNone ? connection.TrySend(message) : deliveries.SendOnce(key, connection, message));

    /// <summary>Describes a connection.</summary>
    public DeliveryOutcome Get(ConnectionId id, ApiId apiId, out ConnectionDescription description)
    {
        if (!TryFind(id, apiId, out var connection))
        {
            description = default;
            return DeliveryOutcome.Gone;
        }

        description = ConnectionDescription.Of(connection);
        return DeliveryOutcome.Done;
    }

    /// <summary>Begins to close a connection.</summary>
    public DeliveryOutcome Delete(ConnectionId id, ApiId apiId) =>
        TryFind(id, apiId, out var connection) && connection.Close(CloseReason.Deleted) ? DeliveryOutcome.Done : DeliveryOutcome.Gone;

    private static DeliveryOutcome Of(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Queued => DeliveryOutcome.Done,
        SendOutcome.Repeated => DeliveryOutcome.Repeated,
        SendOutcome.Full => DeliveryOutcome.Full,
        _ => DeliveryOutcome.Gone,
    };

    /// <summary>Any stage of the connection's own API reaches it, as on AWS.</summary>
    private bool TryFind(ConnectionId id, ApiId apiId, [NotNullWhen(true)] out Connection? connection) =>
        connections.TryGet(id, out connection) && connection.IsOpen && connection.Identity.ApiId == apiId;
}
