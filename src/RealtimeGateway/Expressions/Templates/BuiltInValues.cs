using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary><c>$input</c>.</summary>
internal sealed class InputValue
{
    private InputValue()
    {
    }

    public static InputValue Value { get; } = new();
}

/// <summary><c>$util</c>.</summary>
internal sealed class UtilValue
{
    private UtilValue()
    {
    }

    public static UtilValue Value { get; } = new();
}

/// <summary>A read-only map of texts: <c>$stageVariables</c>, the headers, the query string, the path parameters.</summary>
internal sealed class TextMap(IReadOnlyDictionary<string, string> entries)
{
    public IReadOnlyDictionary<string, string> Entries => entries;

    public string? Get(string key) => entries.TryGetValue(key, out var value) ? value : null;
}

/// <summary><c>$input.params()</c>: a map of <c>path</c>, <c>querystring</c> and <c>header</c>.</summary>
internal sealed class ParamsValue(ITemplateVariables variables)
{
    public static string[] Names { get; } = ["path", "querystring", "header"];

    /// <summary>The first of path, query string and header that has the name.</summary>
    public static string? Find(ITemplateVariables variables, string name) =>
        variables.PathParameters.TryGetValue(name, out var value)
        || variables.QueryString.TryGetValue(name, out value)
        || variables.Headers.TryGetValue(name, out value)
            ? value
            : null;

    public TextMap? Get(string name) => name switch
    {
        "path" => new TextMap(variables.PathParameters),
        "querystring" => new TextMap(variables.QueryString),
        "header" => new TextMap(variables.Headers),
        _ => null,
    };

    public object?[] Groups() => [.. Names.Select(Get)];

    public JavaMap ToMap()
    {
        var map = new JavaMap();
        foreach (var name in Names)
        {
            map[name] = Get(name);
        }

        return map;
    }
}

/// <summary>An inner node of <c>$context</c>, such as <c>$context.identity</c>.</summary>
internal sealed class ContextValue(string path)
{
    public string Path => path;

    public static object? Resolve(Evaluation evaluation, ContextReference reference)
    {
        var variables = evaluation.Variables;
        if (variables.GetContext(reference) is { } text)
        {
            return text;
        }

        // Override maps can be filled before anything is in them.
        return IsWritable(reference.Path) || reference.Path.Length == 0 || variables.GetContextNames(reference.Path).Count > 0
            ? new ContextValue(reference.Path)
            : null;
    }

    public object? Get(Evaluation evaluation, string name)
    {
        var full = path.Length == 0 ? name : path + "." + name;
        return Resolve(evaluation, new ContextReference(full, evaluation.Settings.ContextIds?.Invoke(full) ?? -1));
    }

    public bool TrySet(Evaluation evaluation, string name, object? value) =>
        evaluation.Variables.TrySetContext(path.Length == 0 ? name : path + "." + name, evaluation.ToText(value));

    public JavaList Names(Evaluation evaluation) => new(evaluation.Variables.GetContextNames(path));

    public JavaMap ToMap(Evaluation evaluation)
    {
        var map = new JavaMap();
        foreach (var name in evaluation.Variables.GetContextNames(path))
        {
            map[name] = Get(evaluation, name);
        }

        return map;
    }

    private static bool IsWritable(string path) =>
        path is "requestOverride" or "responseOverride" or "requestOverride.header" or "requestOverride.querystring"
            or "requestOverride.path" or "responseOverride.header";
}

/// <summary>An element of <c>entrySet()</c>.</summary>
internal sealed record MapEntry(object? Key, object? Value);
