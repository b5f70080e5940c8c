namespace RealtimeGateway.Transports.WebSockets;

/// <summary>What <see cref="Handshake"/> says to an upgrade request.</summary>
/// <param name="StatusCode">101, or 200 for an extended CONNECT, when the request is fine; the status to refuse it with otherwise.</param>
/// <param name="Message">What is wrong with the request; empty when nothing is.</param>
/// <param name="Key">The client's <c>Sec-WebSocket-Key</c> when the status is 101.</param>
internal readonly record struct HandshakeOutcome(int StatusCode, string Message, string? Key = null)
{
    /// <summary>Whether the connection may be opened.</summary>
    public bool IsAccepted => StatusCode is 101 or 200;

    /// <summary>Whether the refusal must carry <c>Sec-WebSocket-Version: 13</c> (RFC 6455 §4.4).</summary>
    public bool NeedsVersionHeader => StatusCode == 426;
}
