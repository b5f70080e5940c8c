using System.Buffers;

namespace RealtimeGateway.Connections;

/// <summary>
/// The messages that wait for one client to read: first in, first out, bounded in bytes and messages. Made when a client first falls
/// behind; not synchronised, its connection does that.
/// </summary>
internal sealed class OutboundQueue(OutboundBudget budget)
{
    private readonly Queue<Item> _items = new();

    /// <summary>The bytes waiting.</summary>
    public long Bytes { get; private set; }

    /// <summary>The messages waiting.</summary>
    public int Count => _items.Count;

    /// <summary>Copies a message to the end. <see langword="false"/>, and nothing changed, when a bound would be passed; a bound of zero is none.</summary>
    public bool TryEnqueue(ReadOnlySpan<byte> payload, bool isBinary, int maxMessages, long maxBytes)
    {
        if ((maxMessages > 0 && _items.Count >= maxMessages)
            || (maxBytes > 0 && Bytes + payload.Length > maxBytes)
            || !budget.TryTake(payload.Length))
        {
            return false;
        }

        var copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        _items.Enqueue(new Item(copy, payload.Length, isBinary));
        Bytes += payload.Length;
        return true;
    }

    /// <summary>Moves messages, oldest first, into the transport's buffer until <paramref name="maxBytes"/> are there or none is left.</summary>
    public void WriteTo(IClientTransport transport, int maxBytes)
    {
        var written = 0;
        while (written < maxBytes && _items.TryDequeue(out var item))
        {
            transport.WriteMessage(item.Buffer.AsSpan(0, item.Length), item.IsBinary);
            written += item.Length;
            Release(item);
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (_items.TryDequeue(out var item))
        {
            Release(item);
        }
    }

    private void Release(Item item)
    {
        Bytes -= item.Length;
        budget.Return(item.Length);
        ArrayPool<byte>.Shared.Return(item.Buffer);
    }

    private readonly record struct Item(byte[] Buffer, int Length, bool IsBinary);
}
