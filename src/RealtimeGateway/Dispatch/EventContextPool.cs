using System.Collections.Concurrent;
using RealtimeGateway.Events;

namespace RealtimeGateway.Dispatch;

/// <summary>Event contexts for reuse, so that a message that is answered on the spot allocates nothing.</summary>
internal sealed class EventContextPool
{
    private const int MaxKept = 256;

    private readonly ConcurrentQueue<EventContext> _kept = new();
    private int _keptCount;

    /// <summary>A context of an earlier event, whose every member is still that event's; null when none is kept.</summary>
    public EventContext? TryTake()
    {
        if (!_kept.TryDequeue(out var context))
        {
            return null;
        }

        Interlocked.Decrement(ref _keptCount);
        return context;
    }

    /// <summary>Keeps a context that nothing uses any more.</summary>
    public void Return(EventContext context)
    {
        // Must not keep the message's memory alive, nor show it to anyone.
        context.Clear();
        if (Interlocked.Increment(ref _keptCount) <= MaxKept)
        {
            _kept.Enqueue(context);
        }
        else
        {
            Interlocked.Decrement(ref _keptCount);
        }
    }
}
