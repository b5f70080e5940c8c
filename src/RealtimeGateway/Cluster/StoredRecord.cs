using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>What a backplane keeps of one connection.</summary>
/// <param name="Id">The connection.</param>
/// <param name="Bytes">Its client, in MessagePack.</param>
internal readonly record struct StoredRecord(ConnectionId Id, ReadOnlyMemory<byte> Bytes);
