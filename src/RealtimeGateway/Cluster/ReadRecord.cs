using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>Reads what a backplane keeps of a connection; null: it is broken, or of a later version.</summary>
internal delegate ClientIdentity? ReadRecord(StoredRecord record);
