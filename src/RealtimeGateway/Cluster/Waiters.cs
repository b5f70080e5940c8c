namespace RealtimeGateway.Cluster;

/// <summary>Those who wait for the same answer, each for a time of its own.</summary>
/// <remarks>
/// Not <see cref="Task.WaitAsync(TimeSpan, TimeProvider, CancellationToken)"/> on a shared task: where that completes asynchronously, as it must here, the
/// waiters go on by way of the thread pool, and a simulation would not run the same way twice.
/// </remarks>
internal sealed class Waiters<T>(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<TaskCompletionSource<T>> _waiting = [];

    /// <summary>Completes with the next answer, or with <paramref name="otherwise"/> after <paramref name="atMost"/>.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task<T> WaitAsync(TimeSpan atMost, T otherwise, CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add(waiter);
        }

        try
        {
            using var timer = atMost == Timeout.InfiniteTimeSpan
                ? null
                : time.CreateTimer(_ => waiter.TrySetResult(otherwise), null, atMost, Timeout.InfiniteTimeSpan);
            using var canceling = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
            return await waiter.Task;
        }
        finally
        {
            lock (_gate)
            {
                _waiting.Remove(waiter);
            }
        }
    }

    /// <summary>Answers all who wait now.</summary>
    public void Answer(T answer)
    {
        TaskCompletionSource<T>[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var waiter in waiting)
        {
            waiter.TrySetResult(answer);
        }
    }
}
