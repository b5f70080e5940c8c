using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>What a caller calls its delivery, so that a repeat is known as such. The default value: it said nothing.</summary>
/// <param name="Text">The name; null for none.</param>
/// <param name="IsGivenBySdk">Whether an SDK chose it, rather than the caller.</param>
internal readonly record struct DeliveryName(string? Text, bool IsGivenBySdk)
{
    /// <summary>Whether nothing was said.</summary>
    public bool IsNone => Text is null;

    /// <summary>The key of the delivery to one connection.</summary>
    public DeliveryKey KeyFor(ConnectionId id, ReadOnlySpan<byte> payload, bool isBinary) =>
        Text is null ? default : DeliveryKey.Of(id, Text, IsGivenBySdk, payload, isBinary);
}
