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
        if (!HasRoom(payload.Length, maxMessages, maxBytes) || !budget.TryTake(payload.Length))
        {
            return false;
        }

        var copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        Add(new Item(copy, payload.Length, isBinary));
        return true;
    }

    /// <summary>The same without a copy, for a message that others wait for too. It counts in full against the bounds of this queue, and once against the node's.</summary>
    public bool TryEnqueue(SharedMessage message, int maxMessages, long maxBytes)
    {
        var length = message.Encoded.Length;
        if (!HasRoom(length, maxMessages, maxBytes) || !message.TryHold(budget))
        {
            return false;
        }

        Add(new Item(message, length, message.IsBinary));
        return true;
    }

    /// <summary>Moves messages, oldest first, into the transport's buffer until <paramref name="maxBytes"/> are there or none is left.</summary>
    public void WriteTo(IClientTransport transport, int maxBytes)
    {
        var written = 0;
        while (written < maxBytes && _items.TryDequeue(out var item))
        {
            if (item.Content is SharedMessage shared)
            {
                transport.WriteEncoded(shared.Encoded);
            }
            else
            {
                transport.WriteMessage(((byte[])item.Content).AsSpan(0, item.Length), item.IsBinary);
            }

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

    private bool HasRoom(int length, int maxMessages, long maxBytes) =>
        (maxMessages <= 0 || _items.Count < maxMessages) && (maxBytes <= 0 || Bytes + length <= maxBytes);

    private void Add(Item item)
    {
        _items.Enqueue(item);
        Bytes += item.Length;
    }

    private void Release(Item item)
    {
        Bytes -= item.Length;
        if (item.Content is SharedMessage shared)
        {
            shared.Release(budget);
            return;
        }

        budget.Return(item.Length);
        ArrayPool<byte>.Shared.Return((byte[])item.Content);
    }

    /// <summary>One message: a rented array, or a <see cref="SharedMessage"/>. One member for both, since a client that is behind has many of these.</summary>
    private readonly record struct Item(object Content, int Length, bool IsBinary);
}
