using System.Buffers;

namespace RealtimeGateway.Buffers;

/// <summary>Rented bytes with one owner, who returns them once by <see cref="Dispose"/>. The default value is empty and owns nothing.</summary>
internal readonly struct PooledBytes(byte[] array, int length) : IDisposable
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => array is null ? default : array.AsMemory(0, length);

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => array is null ? default : array.AsSpan(0, length);

    /// <summary>Returns the memory to its pool.</summary>
    public void Dispose()
    {
        if (array is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
