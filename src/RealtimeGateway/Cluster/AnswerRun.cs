using System.Runtime.InteropServices;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Answers that came in one batch. Those who await them go on in the thread pool as one piece of work for some of them, since waking a thread for each costs more than most
/// have left to do; and not all in one, so that none waits for many others.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct AnswerRun
{
    /// <summary>How many go on one after the other.</summary>
    public const int MaxCalls = 16;

    private PendingCall? _first;
    private PendingCall? _last;
    private int _count;

    /// <summary>Adds a call whose answer is noted.</summary>
    public void Add(PendingCall call)
    {
        if (_first is null)
        {
            _first = call;
        }
        else
        {
            _last!.Then(call);
        }

        _last = call;
        if (++_count == MaxCalls)
        {
            Go();
        }
    }

    /// <summary>Has them go on.</summary>
    public void Go()
    {
        if (_first is not { } first)
        {
            return;
        }

        (_first, _last, _count) = (null, null, 0);
        if (SynchronizationContext.Current is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(first, preferLocal: false);
        }
        else
        {
            // Who has a context, as each simulated node has, goes on in it.
            first.Execute();
        }
    }
}
