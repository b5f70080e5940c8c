namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// One thread, one virtual clock and one queue: everything that happens in a simulated fleet happens here, in an order that only the seed decides.
/// </summary>
/// <remarks>
/// Time is in ticks of 100 ns since the start and moves only from one item to the next. What is posted comes a random moment later, so that two seeds
/// run the same continuations in different orders, as a thread pool does. Whatever reaches the loop from another thread has escaped, and fails the run.
/// </remarks>
internal sealed class SimulationLoop
{
    /// <summary>Bits of a queue key below the time: they keep items of one moment in the order in which they came.</summary>
    private const int SequenceBits = 26;

    /// <summary>The most by which a posted continuation is put off: 20 µs.</summary>
    private const int MaxPostDelay = 200;

    private readonly PriorityQueue<WorkItem, long> _queue = new();
    private readonly Random _order;
    private readonly Lock _failureGate = new();
    private long _sequence;
    private int _threadId;
    private volatile Exception? _failure;

    /// <summary>Makes a loop at time zero, to be run by the thread that makes it.</summary>
    public SimulationLoop(int seed)
    {
        Random = new Random(seed);
        _order = Fork();
        _threadId = Environment.CurrentManagedThreadId;
    }

    /// <summary>The virtual time, in ticks of 100 ns since the start.</summary>
    public long Now { get; private set; }

    /// <summary>The source of all chance in this run.</summary>
    public Random Random { get; }

    /// <summary>How many items have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether the caller is the thread of this loop.</summary>
    public bool IsOnLoop => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>Chance of its own, so that one part of the simulation can draw more without changing what another draws.</summary>
    public Random Fork() => new(Random.Next());

    /// <summary>Fails the run: the first failure is thrown by <see cref="RunUntil"/>.</summary>
    public void Fail(Exception exception)
    {
        lock (_failureGate)
        {
            _failure ??= exception;
        }
    }

    /// <summary>Fails the run when the caller is on another thread.</summary>
    public void AssertOnLoop(string what)
    {
        if (!IsOnLoop)
        {
            var escape = Escape(what);
            Fail(escape);
            throw escape;
        }
    }

    /// <summary>Runs <paramref name="callback"/> on <paramref name="lane"/> at <paramref name="due"/>.</summary>
    public void Schedule(SimulationLane lane, long due, SendOrPostCallback callback, object? state)
    {
        AssertOnLoop("An item was queued");
        _queue.Enqueue(new WorkItem(lane, callback, state), (Math.Max(due, Now) << SequenceBits) | _sequence++);
    }

    /// <summary>Runs <paramref name="action"/> on <paramref name="lane"/> at <paramref name="due"/>.</summary>
    public void Schedule(SimulationLane lane, long due, Action action) => Schedule(lane, due, static state => ((Action)state!)(), action);

    /// <summary>Runs a continuation on <paramref name="lane"/>, very soon.</summary>
    public void Post(SimulationLane lane, SendOrPostCallback callback, object? state)
    {
        if (!IsOnLoop)
        {
            // Thrown here it would end the whole test process.
            Fail(Escape("A continuation came"));
            return;
        }

        Schedule(lane, Now + _order.Next(MaxPostDelay), callback, state);
    }

    /// <summary>Runs everything that is due before <paramref name="end"/>, and sets the time to it.</summary>
    /// <exception cref="SimulationException">Something escaped from the loop, or an item threw.</exception>
    public void RunUntil(long end)
    {
        _threadId = Environment.CurrentManagedThreadId;
        var outer = SynchronizationContext.Current;
        using var watched = EscapeWatch.Enter(this);
        try
        {
            while (_queue.TryPeek(out _, out var key) && key >> SequenceBits <= end)
            {
                var item = _queue.Dequeue();
                Now = key >> SequenceBits;
                Steps++;
                item.Lane.Run(item.Callback, item.State);
                ThrowIfFailed();
            }

            Now = Math.Max(Now, end);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private static SimulationException Escape(string what) =>
        new($"{what} from thread {Environment.CurrentManagedThreadId}: a continuation has escaped from the loop.\n{Environment.StackTrace}");

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw failure as SimulationException ?? new SimulationException($"The simulated code threw: {failure}");
        }
    }

    private readonly record struct WorkItem(SimulationLane Lane, SendOrPostCallback Callback, object? State);
}
