namespace RealtimeGateway.Apis;

/// <summary>The revision that a store has come to, and who waits for a later one. Safe for any number of threads.</summary>
/// <param name="revision">The revision at first.</param>
internal sealed class StoreRevision(long revision = 0)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _current = revision;

    /// <summary>The revision.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Tells the store's revision; whoever waits for one beyond the last goes on.</summary>
    public void Set(long revision)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (revision == _current)
            {
                return;
            }

            _current = revision;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    /// <inheritdoc cref="IApiStore.WaitForChangeAsync"/>
    public async Task<long> WaitForChangeAsync(long revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_current > revision)
                {
                    return _current;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
