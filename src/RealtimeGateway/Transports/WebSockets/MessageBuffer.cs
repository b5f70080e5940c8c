using System.Buffers;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>One received message in a pooled array. Who takes it owns it, and gives it back once with <see cref="Return"/>.</summary>
/// <param name="Array">Holds the message from its first element on; longer than the message.</param>
/// <param name="Length">Bytes of the message.</param>
/// <param name="IsBinary">Binary, not text. Text has been checked to be UTF-8.</param>
internal readonly record struct MessageBuffer(byte[] Array, int Length, bool IsBinary)
{
    /// <summary>The message.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(0, Length);

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>Gives the array back to the pool; neither this value nor a copy of it may be used afterwards.</summary>
    public void Return()
    {
        if (Array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Array);
        }
    }
}
