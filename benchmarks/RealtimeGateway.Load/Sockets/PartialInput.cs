using System.Buffers;

namespace RealtimeGateway.Load.Sockets;

/// <summary>The beginning of something whose end has not come yet. Holds a buffer only while there is such a beginning.</summary>
internal struct PartialInput
{
    private byte[]? _bytes;
    private int _count;

    /// <summary>What was kept, followed by what came now.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> fresh)
    {
        if (_bytes is null)
        {
            return fresh;
        }

        var total = _count + fresh.Length;
        if (total > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * total);
            _bytes.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        fresh.CopyTo(_bytes.AsSpan(_count));
        _count = total;
        return _bytes.AsSpan(0, total);
    }

    /// <summary>Keeps the tail of what <see cref="Join"/> returned; empty gives the buffer back.</summary>
    public void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Clear();
            return;
        }

        _bytes ??= ArrayPool<byte>.Shared.Rent(Math.Max(1024, rest.Length));
        // May overlap: the rest can lie in this very buffer. CopyTo moves correctly then.
        rest.CopyTo(_bytes);
        _count = rest.Length;
    }

    public void Clear()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
        }

        _count = 0;
    }
}
