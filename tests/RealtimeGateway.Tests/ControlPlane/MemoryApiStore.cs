using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.ControlPlane;

/// <summary>A store for tests; runs the same specification.</summary>
internal sealed class MemoryApiStore : IApiStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredDocument> _documents = new(StringComparer.Ordinal);
    private readonly StoreRevision _revision = new();

    /// <summary>Called before each batch is looked at; tests write here as another node would.</summary>
    public Action? BeforeWrite { get; set; }

    public ValueTask<StoreContent> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(new StoreContent(_revision.Current, [.. _documents.Values]));
        }
    }

    public ValueTask<StoreOutcome> WriteAsync(long expectedRevision, IReadOnlyList<StoreWrite> writes, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke();
        lock (_gate)
        {
            if (_revision.Current != expectedRevision)
            {
                return ValueTask.FromResult(new StoreOutcome(false, _revision.Current));
            }

            var revision = expectedRevision + 1;
            foreach (var (key, json) in writes)
            {
                if (json is { } document)
                {
                    _documents[key] = new(key, revision, document.ToArray());
                }
                else
                {
                    _documents.Remove(key);
                }
            }

            _revision.Set(revision);
            return ValueTask.FromResult(new StoreOutcome(true, revision));
        }
    }

    public Task<long> WaitForChangeAsync(long revision, CancellationToken cancellationToken) => _revision.WaitForChangeAsync(revision, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
