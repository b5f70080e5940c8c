using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>The methods of <c>java.util.Map</c> that templates use.</summary>
internal static class MapMethods
{
    /// <summary>Keys are compared by value, so those that can change are kept as their text.</summary>
    public static object ToKey(Evaluation evaluation, object key) => key is string or int or long or bool or double ? key : evaluation.ToText(key);

    public static object? Put(Evaluation evaluation, JavaMap map, object key, object? value)
    {
        if (!evaluation.ChargeEntries(1))
        {
            return null;
        }

        var name = ToKey(evaluation, key);
        var before = map.Get(name);
        map[name] = value;
        return before;
    }

    public static object? Call(Evaluation evaluation, JavaMap map, string name, object?[] arguments)
    {
        switch (name, arguments)
        {
            case ("put", [{ } key, var value]):
                return Put(evaluation, map, key, value);
            case ("putIfAbsent", [{ } key, var value]):
                return map.Get(ToKey(evaluation, key)) ?? Put(evaluation, map, key, value);
            case ("putAll", [JavaMap other]):
                if (evaluation.ChargeEntries(other.Count) && !ReferenceEquals(map, other))
                {
                    foreach (var (key, value) in other)
                    {
                        map[key] = value;
                    }
                }

                return null;
            case ("remove", [{ } key]):
                evaluation.Work(map.Count / 16);
                map.Remove(ToKey(evaluation, key), out var removed);
                return removed;
            case ("clear", []):
                map.Clear();
                return null;
            default:
                return CallReadOnly(evaluation, map, name, arguments);
        }
    }

    public static object? CallReadOnly(Evaluation evaluation, JavaMap map, string name, object?[] arguments)
    {
        switch (name, arguments)
        {
            case ("get", [{ } key]):
                return map.Get(ToKey(evaluation, key));
            case ("getOrDefault", [{ } key, var otherwise]):
                return map.TryGetValue(ToKey(evaluation, key), out var value) ? value : otherwise;
            case ("containsKey", [{ } key]):
                return Truth.Box(map.ContainsKey(ToKey(evaluation, key)));
            case ("containsValue", [var wanted]):
                return Truth.Box(map.Values.Any(item => !evaluation.Failed && Equality.JavaEquals(evaluation, item, wanted)));
            case ("size", []):
                return map.Count;
            case ("isEmpty", []):
                return Truth.Box(map.Count == 0);
            case ("keySet", []):
                return evaluation.ChargeEntries(map.Count) ? new JavaList(map.Keys) : null;
            case ("values", []):
                return evaluation.ChargeEntries(map.Count) ? new JavaList(map.Values) : null;
            case ("entrySet", []):
                return evaluation.ChargeEntries(map.Count * 2L)
                    ? new JavaList(map.Select(entry => new MapEntry(entry.Key, entry.Value)))
                    : null;
            default:
                return null;
        }
    }
}

/// <summary>The reading methods of <c>java.util.Map</c> for a map of texts.</summary>
internal static class TextMapMethods
{
    public static object? Call(Evaluation evaluation, TextMap map, string name, object?[] arguments)
    {
        var entries = map.Entries;
        switch (name, arguments)
        {
            case ("get", [string key]):
                return map.Get(key);
            case ("getOrDefault", [string key, var otherwise]):
                return map.Get(key) ?? otherwise;
            case ("containsKey", [string key]):
                return Truth.Box(entries.ContainsKey(key));
            case ("containsValue", [string value]):
                return Truth.Box(entries.Values.Contains(value, StringComparer.Ordinal));
            case ("size", []):
                return entries.Count;
            case ("isEmpty", []):
                return Truth.Box(entries.Count == 0);
            case ("keySet", []):
                return evaluation.ChargeEntries(entries.Count) ? new JavaList(entries.Keys) : null;
            case ("values", []):
                return evaluation.ChargeEntries(entries.Count) ? new JavaList(entries.Values) : null;
            case ("entrySet", []):
                return evaluation.ChargeEntries(entries.Count * 2L)
                    ? new JavaList(entries.Select(entry => new MapEntry(entry.Key, entry.Value)))
                    : null;
            default:
                return null;
        }
    }
}
