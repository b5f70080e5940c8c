namespace RealtimeGateway.Throttling;

/// <summary>
/// Gives the same object to everybody who asks for the same key, for as long as somebody still holds it. So what a served configuration
/// counts by goes on in the one that takes over from it, and a configuration that is only checked leaves nothing behind.
/// </summary>
/// <typeparam name="TKey">Everything that makes two objects the same, such as a place and its limits.</typeparam>
/// <typeparam name="TValue">The object.</typeparam>
internal sealed class SharedWhileUsed<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, WeakReference<TValue>> _held = [];

    /// <summary>The object of a key: the one that is in use, or a new one.</summary>
    public TValue Get(TKey key, Func<TKey, TValue> make)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(key, out var reference) && reference.TryGetTarget(out var value))
            {
                return value;
            }

            Prune();
            value = make(key);
            _held[key] = new WeakReference<TValue>(value);
            return value;
        }
    }

    /// <summary>The object of a key if it is in use.</summary>
    public TValue? Find(TKey key)
    {
        lock (_gate)
        {
            return _held.TryGetValue(key, out var reference) && reference.TryGetTarget(out var value) ? value : null;
        }
    }

    private void Prune()
    {
        foreach (var (key, reference) in _held)
        {
            if (!reference.TryGetTarget(out _))
            {
                // A dictionary may be removed from while it is gone through.
                _held.Remove(key);
            }
        }
    }
}
