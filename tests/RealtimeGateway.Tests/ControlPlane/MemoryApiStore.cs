using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.ControlPlane;

/// <summary>A store for tests; runs the same specification.</summary>
internal sealed class MemoryApiStore : IApiStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredDocument> _documents = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision;

    /// <summary>Called before each batch is looked at; tests write here as another node would.</summary>
    public Action? BeforeWrite { get; set; }

    public ValueTask<StoreContent> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(new StoreContent(_revision, [.. _documents.Values]));
        }
    }

    public ValueTask<StoreOutcome> WriteAsync(long expectedRevision, IReadOnlyList<StoreWrite> writes, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke();
        lock (_gate)
        {
            if (_revision != expectedRevision)
            {
                return ValueTask.FromResult(new StoreOutcome(false, _revision));
            }

            _revision++;
            foreach (var (key, json) in writes)
            {
                if (json is { } document)
                {
                    _documents[key] = new(key, _revision, document.ToArray());
                }
                else
                {
                    _documents.Remove(key);
                }
            }

            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return ValueTask.FromResult(new StoreOutcome(true, _revision));
        }
    }

    public async Task<long> WaitForChangeAsync(long revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_revision > revision)
                {
                    return _revision;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
