namespace RealtimeGateway.Cluster;

/// <summary>What the sender of a batch last heard of the node that the batch is for: the receiver, who knows when it said that, knows how old the batch can be at most.</summary>
/// <param name="SentAt">When the receiver sent it, in the receiver's own monotonic milliseconds.</param>
/// <param name="HeldFor">How long ago the sender heard it, in milliseconds.</param>
internal readonly record struct EnvelopeEcho(long SentAt, long HeldFor);
