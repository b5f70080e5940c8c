namespace RealtimeGateway.Cluster;

/// <summary>Wakes one loop: when it is rung, or when the time is up. A ring while nobody waits is kept for the next wait.</summary>
internal sealed class Alarm : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private TaskCompletionSource? _waiter;
    private bool _isRung;

    /// <summary>Makes an alarm that nobody waits for.</summary>
    public Alarm(TimeProvider time) =>
        _timer = time.CreateTimer(static state => ((Alarm)state!).Wake(isRing: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Ends the wait. Callable from any thread; never runs the waiter on it.</summary>
    public void Ring() => Wake(isRing: true);

    /// <summary>Completes with the next ring, or after <paramref name="atMost"/>; at once when that is not positive. One waiter at a time.</summary>
    public Task WaitAsync(TimeSpan atMost)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (_isRung || (atMost <= TimeSpan.Zero && atMost != Timeout.InfiniteTimeSpan))
            {
                _isRung = false;
                return Task.CompletedTask;
            }

            waiter = _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _timer.Change(atMost, Timeout.InfiniteTimeSpan);
        }

        return waiter.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Wake(bool isRing)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            waiter = _waiter;
            _waiter = null;
            _isRung |= isRing && waiter is null;
            if (waiter is not null)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        waiter?.TrySetResult();
    }
}
