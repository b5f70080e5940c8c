namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// What one process of the simulation runs on: a synchronization context whose items can be held back (the process is stopped) or dropped for good (it was killed).
/// </summary>
internal sealed class SimulationLane(SimulationLoop loop, string name) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _held = [];
    private long _suspendedAt = -1;

    /// <summary>The loop that runs it.</summary>
    public SimulationLoop Loop { get; } = loop;

    /// <summary>Called after each item.</summary>
    public Action? AfterItem { get; set; }

    /// <summary>Whether nothing runs while time goes on.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>For how long the machine has been suspended in all, in ticks; its monotonic clock did not go on then.</summary>
    public long SuspendedFor { get; private set; }

    /// <summary>Whether nothing will ever run again.</summary>
    public bool IsDead { get; private set; }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => Loop.Post(this, d, state);

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in the gateway blocks for a context.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts asynchronous work on the lane. What it throws fails the run.</summary>
    public void Start(Func<Task> work) => Loop.Schedule(this, Loop.Now, () => _ = ObserveAsync(work));

    /// <summary>Runs one item, or keeps it until <see cref="Thaw"/>, or drops it.</summary>
    public void Run(SendOrPostCallback callback, object? state)
    {
        if (IsDead)
        {
            return;
        }

        if (IsFrozen)
        {
            _held.Add((callback, state));
            return;
        }

        SetSynchronizationContext(this);
        try
        {
            callback(state);
            AfterItem?.Invoke();
        }
        catch (Exception exception)
        {
            // The boundary of the simulated process: whatever gets here would have ended a real one.
            Loop.Fail(exception);
        }
    }

    /// <summary>As SIGSTOP: nothing runs, timers become due, bytes arrive and wait.</summary>
    public void Freeze() => IsFrozen = true;

    /// <summary>As a virtual machine that is paused: the same, and its monotonic clock stands still too, which SIGSTOP's does not.</summary>
    public void Suspend()
    {
        _suspendedAt = Loop.Now;
        Freeze();
    }

    /// <summary>As SIGCONT: everything that waits comes at once, in its order.</summary>
    public void Thaw()
    {
        IsFrozen = false;
        if (_suspendedAt >= 0)
        {
            SuspendedFor += Loop.Now - _suspendedAt;
            _suspendedAt = -1;
        }

        foreach (var (callback, state) in _held)
        {
            Loop.Schedule(this, Loop.Now, callback, state);
        }

        _held.Clear();
    }

    /// <summary>As SIGKILL: no timer, continuation or byte does anything any more.</summary>
    public void Kill()
    {
        IsDead = true;
        _held.Clear();
    }

    /// <inheritdoc/>
    public override string ToString() => name;

    private async Task ObserveAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            // Nobody awaits what was started here; the run must still fail by it.
            Loop.Fail(exception);
        }
    }
}
