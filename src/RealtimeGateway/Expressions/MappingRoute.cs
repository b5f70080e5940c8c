namespace RealtimeGateway.Expressions;

/// <summary>The kind of route that a parameter mapping belongs to; the handshake exists only on the first, a body only on the last.</summary>
internal enum MappingRoute : byte
{
    Connect = 0,
    Disconnect,
    Message,
}
