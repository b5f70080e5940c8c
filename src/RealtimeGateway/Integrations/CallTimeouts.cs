using System.Collections.Concurrent;

namespace RealtimeGateway.Integrations;

/// <summary>Reusable cancellation for calls with a time limit, so that a call costs neither a source nor a timer.</summary>
internal sealed class CallTimeouts(TimeProvider time)
{
    /// <summary>More sources than this are left to the garbage collector.</summary>
    private const int MaxKept = 1024;

    private readonly ConcurrentQueue<CancellationTokenSource> _kept = [];
    private int _keptCount;

    /// <summary>A source that cancels after <paramref name="timeout"/>. Give it back with <see cref="Return"/>.</summary>
    public CancellationTokenSource Rent(TimeSpan timeout)
    {
        if (!_kept.TryDequeue(out var source))
        {
            return new CancellationTokenSource(timeout, time);
        }

        Interlocked.Decrement(ref _keptCount);
        source.CancelAfter(timeout);
        return source;
    }

    /// <summary>Takes a source back for the next call. It must have no registrations left.</summary>
    public void Return(CancellationTokenSource source)
    {
        if (!source.TryReset())
        {
            source.Dispose();
        }
        else if (Interlocked.Increment(ref _keptCount) <= MaxKept)
        {
            _kept.Enqueue(source);
        }
        else
        {
            Interlocked.Decrement(ref _keptCount);
            source.Dispose();
        }
    }
}
