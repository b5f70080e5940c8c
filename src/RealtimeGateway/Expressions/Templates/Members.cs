using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// Properties, items and methods of the values a template can hold. The tables are closed: nothing is looked up by reflection, so
/// <c>$x.class</c> and its like lead nowhere. What does not exist has no value, as in Velocity.
/// </summary>
internal static class Members
{
    public static object? GetProperty(Evaluation evaluation, object target, string name) => target switch
    {
        JavaMap map => map.TryGetValue(name, out var value) ? value : name == "empty" ? Truth.Box(map.Count == 0) : null,
        TextMap map => map.Get(name) ?? (name == "empty" ? Truth.Box(map.Entries.Count == 0) : null),
        ContextValue context => context.Get(evaluation, name),
        ParamsValue parameters => parameters.Get(name),
        ForeachScope scope => scope.GetMember(name),
        MapEntry entry => name switch { "key" => entry.Key, "value" => entry.Value, _ => null },
        JavaList list when name == "empty" => Truth.Box(list.Count == 0),
        string text when name == "empty" => Truth.Box(text.Length == 0),
        InputValue when name == "body" => Input.GetBodyText(evaluation),
        Missing => target,
        _ => null,
    };

    public static object? GetItem(Evaluation evaluation, object target, object? index)
    {
        switch (target)
        {
            case JavaList list when index is int at:
                return ListMethods.Get(evaluation, list, at < 0 ? list.Count + at : at);
            case JavaMap map when index is not null:
                return map.Get(MapMethods.ToKey(evaluation, index));
            case TextMap or ContextValue or ParamsValue when index is string name:
                return GetProperty(evaluation, target, name);
            default:
                return target is Missing ? target : null;
        }
    }

    public static object? Call(Evaluation evaluation, object target, CallAccessor call, object?[] arguments)
    {
        if (arguments.Length == 0 && call.Name == "toString")
        {
            return evaluation.ToText(target);
        }

        if (arguments.Length == 1 && call.Name == "equals")
        {
            return Truth.Box(Equality.JavaEquals(evaluation, target, arguments[0]));
        }

        return target switch
        {
            string text => StringMethods.Call(evaluation, text, call, arguments),
            JavaList list => ListMethods.Call(evaluation, list, call, arguments),
            JavaMap map => MapMethods.Call(evaluation, map, call.Name, arguments),
            TextMap map => TextMapMethods.Call(evaluation, map, call.Name, arguments),
            MapEntry entry => CallEntry(entry, call.Name),
            ContextValue context => CallContext(evaluation, context, call.Name, arguments),
            ParamsValue parameters => CallParameters(evaluation, parameters, call.Name, arguments),
            InputValue => InputMethods.Call(evaluation, call.Name, arguments),
            UtilValue => UtilMethods.Call(evaluation, call.Name, arguments),
            ForeachScope scope => CallScope(scope, call.Name),
            Missing => target,
            _ => NumberMethods.Call(target, call.Name, arguments),
        };
    }

    private static object? CallEntry(MapEntry entry, string name) => name switch
    {
        "getKey" => entry.Key,
        "getValue" => entry.Value,
        _ => null,
    };

    private static object? CallScope(ForeachScope scope, string name) => name switch
    {
        "getIndex" or "index" => scope.GetMember("index"),
        "getCount" or "count" => scope.GetMember("count"),
        "hasNext" => scope.GetMember("hasNext"),
        "isFirst" => scope.GetMember("first"),
        "isLast" => scope.GetMember("last"),
        _ => null,
    };

    private static object? CallContext(Evaluation evaluation, ContextValue context, string name, object?[] arguments)
    {
        switch (name, arguments)
        {
            case ("get", [string key]):
                return context.Get(evaluation, key);
            case ("put", [string key, { } value]):
                context.TrySet(evaluation, key, value);
                return null;
            case ("keySet", []):
                return context.Names(evaluation);
            case ("containsKey", [string key]):
                return Truth.Box(context.Get(evaluation, key) is not null);
            default:
                return MapMethods.CallReadOnly(evaluation, context.ToMap(evaluation), name, arguments);
        }
    }

    private static object? CallParameters(Evaluation evaluation, ParamsValue parameters, string name, object?[] arguments) =>
        name == "get" && arguments is [string key]
            ? parameters.Get(key)
            : MapMethods.CallReadOnly(evaluation, parameters.ToMap(), name, arguments);
}
