namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>A map as templates know it: in order of insertion, keys of any kind (strings when it came from JSON).</summary>
internal sealed class JavaMap : OrderedDictionary<object, object?>
{
    public object? Get(object key) => TryGetValue(key, out var value) ? value : null;
}
