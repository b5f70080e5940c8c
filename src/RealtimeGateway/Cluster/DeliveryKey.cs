namespace RealtimeGateway.Cluster;

/// <summary>
/// Makes a repeated POST known as such: a digest of the connection, the caller's <c>Idempotency-Key</c> or <c>amz-sdk-invocation-id</c>, and the
/// message. The default value: the caller gave no key, and nothing is a repeat.
/// </summary>
/// <param name="Digest">128 bits of SHA-256.</param>
internal readonly record struct DeliveryKey(UInt128 Digest)
{
    /// <summary>Whether there is no key.</summary>
    public bool IsNone => Digest == 0;
}
