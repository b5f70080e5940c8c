using RealtimeGateway.Connections;

namespace RealtimeGateway.Server.Connect;

/// <summary>Where <c>connect</c> tells what happens: a terminal, or JSON lines.</summary>
internal interface IFrameOutput
{
    /// <summary>The connection is open.</summary>
    void Opened(Uri url, string? subprotocol);

    /// <summary>The server did not open it.</summary>
    void Refused(HandshakeRefusal refusal);

    /// <summary>A message or control frame came; a close frame is told by <see cref="Closed"/>.</summary>
    void Came(Received received);

    /// <summary>The connection has ended.</summary>
    /// <param name="reason">Code and reason; 1005 without a code, 1006 without a close frame.</param>
    /// <param name="byServer">Whether the server began it.</param>
    void Closed(CloseReason reason, bool byServer);

    /// <summary>Something was sent, as the person at the terminal wants to see confirmed.</summary>
    void Sent(string what);

    /// <summary>Something is wrong that does not end the connection by itself.</summary>
    void Complain(string message);

    /// <summary>Help, asked for.</summary>
    void Tell(string text);
}
