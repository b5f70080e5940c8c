using System.IO.Pipelines;

namespace RealtimeGateway.Connections;

/// <summary>
/// The write half of one client's transport. <see cref="Connection"/> is its only caller and lets one writer in at a time; nothing is sent
/// before <see cref="FlushAsync"/>, so that several messages share a flush.
/// </summary>
internal interface IClientTransport
{
    /// <summary>Buffers one whole message.</summary>
    void WriteMessage(ReadOnlySpan<byte> payload, bool isBinary);

    /// <summary>Encodes one whole message for <see cref="WriteEncoded"/> of any transport of this kind.</summary>
    byte[] Encode(ReadOnlySpan<byte> payload, bool isBinary);

    /// <summary>Buffers one whole message that has been encoded.</summary>
    void WriteEncoded(ReadOnlySpan<byte> message);

    /// <summary>Buffers a ping, for a transport that has one.</summary>
    void WritePing();

    /// <summary>Buffers the answer to a ping; <paramref name="payload"/> is the ping's.</summary>
    void WritePong(ReadOnlySpan<byte> payload);

    /// <summary>Buffers the end of the conversation. Nothing is written after it.</summary>
    void WriteClose(CloseReason reason);

    /// <summary>Sends what is buffered. Completes when the transport takes more; <see cref="FlushResult.IsCompleted"/> when the client is gone.</summary>
    ValueTask<FlushResult> FlushAsync();

    /// <summary>
    /// Stops waiting for the client: its transport ends in order, and what was flushed still arrives. Callable from any thread, any number of times.
    /// </summary>
    void End();

    /// <summary>Cuts the transport; reads and writes under way end soon. Callable from any thread, any number of times.</summary>
    void Abort();
}
