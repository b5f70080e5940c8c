using System.IO.Pipelines;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>A client that takes everything at once: what it costs to get a message as far as the transport, and no more.</summary>
internal sealed class DiscardingTransport : IClientTransport
{
    /// <summary>Bytes of the messages since the last look.</summary>
    public int TakenBytes { get; set; }

    public void WriteMessage(ReadOnlySpan<byte> payload, bool isBinary) => TakenBytes += payload.Length;

    public byte[] Encode(ReadOnlySpan<byte> payload, bool isBinary) => payload.ToArray();

    public void WriteEncoded(ReadOnlySpan<byte> message) => TakenBytes += message.Length;

    public void WritePing() => TakenBytes++;

    public void WritePong(ReadOnlySpan<byte> payload) => TakenBytes += payload.Length;

    public void WriteClose(CloseReason reason) => throw new InvalidOperationException($"The connection was closed: {reason}.");

    public ValueTask<FlushResult> FlushAsync() => new(new FlushResult(isCanceled: false, isCompleted: false));

    public void End() => throw new InvalidOperationException("The connection was ended.");

    public void Abort() => throw new InvalidOperationException("The connection was cut.");
}
