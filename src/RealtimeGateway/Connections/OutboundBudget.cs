namespace RealtimeGateway.Connections;

/// <summary>The bytes that all send queues of a node may hold together, so that many slow clients cannot exhaust its memory.</summary>
/// <param name="maxBytes">The bound; by default a quarter of the memory available to the process.</param>
internal sealed class OutboundBudget(long maxBytes)
{
    private long _usedBytes;

    /// <summary>The bytes in queues now.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>A quarter of what the runtime may use, container limits included.</summary>
    public static OutboundBudget ForThisProcess() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>Takes <paramref name="bytes"/>, or nothing at all.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _usedBytes, bytes) <= maxBytes)
        {
            return true;
        }

        Interlocked.Add(ref _usedBytes, -bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _usedBytes, -bytes);
}
