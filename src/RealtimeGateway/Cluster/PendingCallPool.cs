using System.Collections.Concurrent;

namespace RealtimeGateway.Cluster;

/// <summary>Calls for reuse, so that asking another node allocates nothing.</summary>
internal sealed class PendingCallPool
{
    private const int MaxKept = 4_096;

    private readonly ConcurrentQueue<PendingCall> _kept = new();
    private int _keptCount;

    /// <summary>A call that is not in use.</summary>
    public PendingCall Take()
    {
        if (!_kept.TryDequeue(out var call))
        {
            return new PendingCall(this);
        }

        Interlocked.Decrement(ref _keptCount);
        return call;
    }

    /// <summary>Keeps a call whose answer has been fetched.</summary>
    public void Return(PendingCall call)
    {
        if (Interlocked.Increment(ref _keptCount) <= MaxKept)
        {
            _kept.Enqueue(call);
        }
        else
        {
            Interlocked.Decrement(ref _keptCount);
        }
    }
}
