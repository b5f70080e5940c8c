using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>What a scenario hears of its fleet. All calls come on the loop's thread.</summary>
internal interface IMessageSink
{
    /// <summary>A connection is open.</summary>
    void Opened(ClientConnection connection);

    /// <summary>A whole message, or the next fragment of one, came.</summary>
    void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal);

    /// <summary>An open connection ended without our asking.</summary>
    void Lost(ClientConnection connection);
}
