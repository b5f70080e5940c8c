namespace RealtimeGateway.Cluster;

/// <summary>The beginning of a batch.</summary>
/// <param name="Sender">The incarnation of the node that sent it.</param>
/// <param name="SentAt">When, in that node's own monotonic milliseconds.</param>
internal readonly record struct EnvelopeHead(uint Sender, long SentAt);
