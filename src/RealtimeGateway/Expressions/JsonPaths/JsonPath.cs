using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>
/// A JSONPath in the dialect of Jayway JsonPath, which API Gateway uses: names, positions (negative ones count from the end), slices,
/// unions, <c>*</c>, <c>..</c>, filters and <c>.length()</c>. Compiled once, read by any number of threads.
/// <para>Source: https://github.com/json-path/JsonPath</para>
/// </summary>
internal sealed class JsonPath
{
    private readonly PathStep[] _steps;

    internal JsonPath(PathStep[] steps, bool fromCurrent)
    {
        _steps = steps;
        FromCurrent = fromCurrent;
        IsDefinite = steps.All(step => step.IsDefinite) || steps is [.., FunctionStep];
        Plain = steps.All(step => step.IsPlain) ? new PlainPath(steps.Select(step => step.AsPlain())) : null;
    }

    /// <summary>The path can lead to one value at most. The result of another is a list.</summary>
    public bool IsDefinite { get; }

    /// <summary>The form that works on bytes, when the path is simple enough.</summary>
    public PlainPath? Plain { get; }

    /// <summary>The path starts with <c>@</c>, inside a filter.</summary>
    internal bool FromCurrent { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new JsonPathParser(text).TryParse(out path, out error);
    }

    /// <summary>
    /// Reads from parsed JSON. Missing values make <paramref name="found"/> false for a definite path and an empty list for another.
    /// <paramref name="budget"/> goes down with every value looked at; below zero the result is useless and the caller must give up.
    /// </summary>
    public object? Read(object? root, ref int budget, out bool found) => Read(root, root, ref budget, out found);

    /// <summary>Finds a string, number, boolean or subtree in the bytes if the path is plain.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public bool TryLocate(ReadOnlySpan<byte> json, int maxDepth, out JsonSlice slice)
    {
        slice = default;
        return Plain is not null && Plain.TryLocate(json, maxDepth, out slice);
    }

    internal object? Read(object? root, object? start, ref int budget, out bool found)
    {
        var current = new List<object?> { start };
        foreach (var step in _steps)
        {
            if (step is FunctionStep && !_steps.All(other => other.IsDefinite))
            {
                // A function at the end of a path with many results sees them as one list.
                current = [new JavaList(current, isJson: true)];
            }

            var next = new List<object?>();
            foreach (var value in current)
            {
                step.Select(root, value, next, ref budget);
                if (budget < 0)
                {
                    found = false;
                    return null;
                }
            }

            current = next;
        }

        if (IsDefinite)
        {
            found = current.Count > 0;
            return found ? current[0] : null;
        }

        found = true;
        return new JavaList(current, isJson: true);
    }
}
