using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>One message for many connections. Ids and message must stay as they are until the call has ended.</summary>
/// <param name="Ids">The connections, each as often as the message is to come.</param>
/// <param name="ApiId">The API that the call came through; another API's connections are gone to it.</param>
/// <param name="Payload">The message.</param>
/// <param name="IsBinary">Whether it is a binary message; text otherwise.</param>
/// <param name="Name">Makes repeats known as such, for each connection by itself.</param>
internal sealed record ManyPosts(ReadOnlyMemory<ConnectionId> Ids, ApiId ApiId, ReadOnlyMemory<byte> Payload, bool IsBinary, DeliveryName Name)
{
    /// <summary>The key of the delivery to one of them.</summary>
    public DeliveryKey KeyFor(ConnectionId id) => Name.KeyFor(id, Payload.Span, IsBinary);
}
