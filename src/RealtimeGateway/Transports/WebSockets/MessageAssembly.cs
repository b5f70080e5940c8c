using System.Buffers;
using System.Text.Unicode;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>The message under way: a pooled array that grows with what arrives, and how much of it is known to be UTF-8. Empty, it holds nothing.</summary>
/// <remarks>A mutable struct, to be a field of its one <see cref="MessageReader"/>.</remarks>
internal struct MessageAssembly()
{
    private byte[] _array = [];
    private int _validated;

    /// <summary>Bytes received.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of pooled memory held.</summary>
    public readonly int Capacity => _array.Length;

    /// <summary>Whether the text received so far ends with a whole character.</summary>
    public readonly bool IsWholeText => _validated == Length;

    /// <summary>Takes a whole message, when nothing was received before. <see langword="false"/>, and nothing is kept, when it should be text and is not.</summary>
    public bool TryFill(ReadOnlySpan<byte> message, uint key, bool isText)
    {
        var array = message.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(message.Length);
        if (!FrameMask.Copy(message, array, key) && isText && !Utf8.IsValid(array.AsSpan(0, message.Length)))
        {
            ArrayPool<byte>.Shared.Return(array);
            return false;
        }

        _array = array;
        Length = message.Length;
        return true;
    }

    /// <summary>Unmasks a portion to the end. <see langword="false"/> when the text can no longer become UTF-8.</summary>
    public bool TryAppend(ReadOnlySpan<byte> portion, uint key, bool isText, long maxBytes)
    {
        var start = Length;
        var end = start + portion.Length;
        if (end > _array.Length)
        {
            Grow(end, maxBytes);
        }

        var isAscii = FrameMask.Copy(portion, _array.AsSpan(start), key);
        Length = end;
        if (!isText)
        {
            return true;
        }

        if (isAscii && _validated == start)
        {
            _validated = end;
            return true;
        }

        return IncrementalUtf8.TryAdvance(_array.AsSpan(0, end), ref _validated);
    }

    /// <summary>Hands over what was received, and starts anew.</summary>
    public MessageBuffer Take(bool isBinary)
    {
        var message = new MessageBuffer(_array, Length, isBinary);
        _array = [];
        Length = 0;
        _validated = 0;
        return message;
    }

    // At most doubles what has arrived, so that an announced length costs its sender as much as it costs us.
    private void Grow(int needed, long maxBytes)
    {
        var wanted = Math.Max(needed, Math.Min(2L * _array.Length, maxBytes));
        var grown = ArrayPool<byte>.Shared.Rent((int)wanted);
        _array.AsSpan(0, Length).CopyTo(grown);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = grown;
    }
}
