namespace RealtimeGateway.Load.WebSockets;

/// <summary>What a connection tells the run it belongs to. All calls come on the loop's thread.</summary>
internal interface IConnectionEvents
{
    /// <summary>The handshake is done.</summary>
    void Opened(ClientConnection connection);

    /// <summary>A data frame came; of a fragmented message each frame. The bytes are only good during the call.</summary>
    /// <param name="connection">Where it came.</param>
    /// <param name="payload">The frame's payload.</param>
    /// <param name="isFinal">Whether the message ends here.</param>
    void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal);

    /// <summary>The connection failed, or the server ended it.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="wasOpen">Whether <see cref="Opened"/> had been called for it.</param>
    /// <param name="reason">In a few words that are the same for each connection that ends so.</param>
    void Lost(ClientConnection connection, bool wasOpen, string reason);
}
