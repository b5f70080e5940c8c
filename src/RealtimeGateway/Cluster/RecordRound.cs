namespace RealtimeGateway.Cluster;

/// <summary>The clients that wait for the same write of their records: until it is done, or for so long as a client may be kept waiting. Under the lock of its owner.</summary>
internal sealed class RecordRound
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private int _waiting;

    /// <summary>Begins, with the first client.</summary>
    public RecordRound(TimeProvider time, TimeSpan atMost) =>
        _timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), _done, atMost, Timeout.InfiniteTimeSpan);

    /// <summary>Completes when the clients may go on.</summary>
    public Task Task => _done.Task;

    /// <summary>Whether it has nobody to wait for any more.</summary>
    public bool IsOver => _done.Task.IsCompleted;

    /// <summary>One more client.</summary>
    public void Add() => _waiting++;

    /// <summary>The record of one client has been written, or is no longer wanted.</summary>
    public void Done()
    {
        if (--_waiting == 0)
        {
            _timer.Dispose();
            _done.TrySetResult();
        }
    }
}
