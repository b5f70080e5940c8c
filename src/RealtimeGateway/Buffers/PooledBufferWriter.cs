using System.Buffers;

namespace RealtimeGateway.Buffers;

/// <summary>A growing buffer of rented memory. Reset it for another use; dispose of it to give the memory back.</summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 1024;

    private byte[] _buffer = [];

    /// <summary>How many bytes were written.</summary>
    public int WrittenCount { get; private set; }

    /// <summary>What was written; valid until the next write, reset or disposal.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, WrittenCount);

    /// <summary>What was written; valid until the next write, reset or disposal.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, WrittenCount);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - WrittenCount);
        WrittenCount += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsMemory(WrittenCount);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsSpan(WrittenCount);
    }

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Reset() => WrittenCount = 0;

    /// <summary>Hands the memory and its duty of return to the caller.</summary>
    public PooledBytes Detach()
    {
        var detached = new PooledBytes(_buffer, WrittenCount);
        _buffer = [];
        WrittenCount = 0;
        return detached;
    }

    /// <inheritdoc/>
    public void Dispose() => Detach().Dispose();

    private void EnsureRoom(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_buffer.Length - WrittenCount >= needed)
        {
            return;
        }

        var size = Math.Max(Math.Max(InitialBytes, WrittenCount + needed), (int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
        var larger = ArrayPool<byte>.Shared.Rent(size);
        WrittenSpan.CopyTo(larger);
        var old = _buffer;
        _buffer = larger;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
