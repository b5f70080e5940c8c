namespace RealtimeGateway.Samples.Chat;

/// <summary>One call of the gateway: a client's message, or that the client came or went.</summary>
/// <param name="RouteKey">What the gateway selected: <c>$connect</c>, <c>$disconnect</c>, <c>$default</c> or a route of ours.</param>
/// <param name="Body">The client's message as it was sent; empty for <c>$connect</c> and <c>$disconnect</c>.</param>
internal sealed record GatewayCall(string ConnectionId, string RouteKey, ReadOnlyMemory<byte> Body);
