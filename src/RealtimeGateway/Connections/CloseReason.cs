namespace RealtimeGateway.Connections;

/// <summary>Why a connection ended: what the peer sees in the close frame and what <c>$disconnect</c> reports.</summary>
/// <param name="Code">The RFC 6455 §7.4 status code. 1005 and 1006 are never sent; they only describe what was received.</param>
/// <param name="Reason">The text of the close frame and of <c>disconnectReason</c>; at most 123 bytes of UTF-8 when sent.</param>
/// <remarks>
/// This is the only place with close codes in it. Codes and texts marked "AWS" are those that Amazon API Gateway uses
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations-request.html and the quotas page);
/// the rest follow RFC 6455 §7.4.1.
/// </remarks>
internal readonly record struct CloseReason(ushort Code, string Reason)
{
    /// <summary>AWS: DELETE @connections.</summary>
    public static readonly CloseReason Deleted = new(1000, "Connection Closed Normally");

    /// <summary>AWS: idle for too long, or at the end of the maximum lifetime. Reconnect.</summary>
    public static readonly CloseReason GoingAway = new(1001, "Going away");

    /// <summary>RFC 6455: the node leaves. Reconnect, to another node.</summary>
    public static readonly CloseReason Shutdown = new(1001, "Shutdown");

    /// <summary>RFC 6455 §7.4.1: the peer broke the framing rules. A bug in the client.</summary>
    public static readonly CloseReason ProtocolError = new(1002, "Protocol error");

    /// <summary>AWS: a binary frame where the stage takes text only.</summary>
    public static readonly CloseReason BinaryNotSupported = new(1003, "Binary is not supported");

    /// <summary>Seen, never sent: a close frame without a status. AWS's text.</summary>
    public static readonly CloseReason NoStatus = new(1005, "Client-side close frame status not set");

    /// <summary>Seen, never sent: the transport ended without a close frame.</summary>
    public static readonly CloseReason Abnormal = new(1006, "Connection closed abnormally");

    /// <summary>RFC 6455 §8.1: a text message or close reason that is not UTF-8.</summary>
    public static readonly CloseReason InvalidUtf8 = new(1007, "Invalid UTF-8");

    /// <summary>The client reads too slowly: its queue stayed over half full, or a write stalled.</summary>
    public static readonly CloseReason SlowConsumer = new(1008, "Slow consumer");

    /// <summary>More fragments in one message than the limit allows.</summary>
    public static readonly CloseReason TooManyFragments = new(1008, "Too many fragments");

    /// <summary>More pings a second than the limit allows.</summary>
    public static readonly CloseReason TooManyPings = new(1008, "Too many pings");

    /// <summary>AWS: a frame over 32 KB or a message over 128 KB.</summary>
    public static readonly CloseReason MessageTooBig = new(1009, "Message too big");

    /// <summary>Our own mistake cost this connection.</summary>
    public static readonly CloseReason InternalError = new(1011, "Internal server error");

    /// <summary>
    /// The IANA registry of RFC 6455 §11.7: the node was taken for dead, others have told the connection's end, and it starts anew. Reconnect.
    /// </summary>
    public static readonly CloseReason Restarted = new(1012, "Service restart");

    /// <summary>The peer does not answer pings; there is nobody to send a close frame to.</summary>
    public static readonly CloseReason PingTimeout = new(1006, "Ping timeout");

    /// <summary>Whether the code may stand in a close frame (RFC 6455 §7.4.1 and §7.4.2).</summary>
    public static bool IsSendable(int code) =>
        code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
}
