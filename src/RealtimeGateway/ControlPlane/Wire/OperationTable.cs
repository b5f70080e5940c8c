using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>
/// Finds the operation that a raw path names. The path is split at the slashes that stand in it and each segment is decoded once, since ARNs and route keys
/// come as one segment with their own slashes encoded.
/// </summary>
internal sealed class OperationTable(IEnumerable<Operation> operations)
{
    private readonly FrozenDictionary<(string Method, string First, int Count), Operation[]> _byShape = operations
        .GroupBy(operation => (operation.Method, operation.Segments[0] == "v2" ? operation.Segments[1] : operation.Segments[0], operation.Segments.Length))
        .ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(operation => operation.QueryMarker is not null).ToArray());

    /// <summary>Finds an operation.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="rawPath">The path as it came over the wire, without the query.</param>
    /// <param name="query">The query.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="values">The variable segments by name, decoded.</param>
    public bool TryFind(
        string method,
        string rawPath,
        IReadOnlyDictionary<string, StringValues> query,
        [NotNullWhen(true)] out Operation? operation,
        [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? values)
    {
        (operation, values) = (null, null);
        var segments = rawPath.Trim('/').Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
        }

        var first = segments is ["v2", var second, ..] ? second : segments[0];
        foreach (var candidate in _byShape.GetValueOrDefault((method, first, segments.Length), []))
        {
            if ((candidate.QueryMarker is null || HasMarker(query, candidate.QueryMarker)) && Match(candidate, segments) is { } found)
            {
                (operation, values) = (candidate, found);
                return true;
            }
        }

        return false;
    }

    private static Dictionary<string, string>? Match(Operation operation, string[] segments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < segments.Length; i++)
        {
            var expected = operation.Segments[i];
            if (expected is ['{', .. var name, '}'])
            {
                if (segments[i].Length == 0)
                {
                    return null;
                }

                values[name] = segments[i];
            }
            else if (expected != segments[i])
            {
                return null;
            }
        }

        return values;
    }

    private static bool HasMarker(IReadOnlyDictionary<string, StringValues> query, string marker)
    {
        var equals = marker.IndexOf('=', StringComparison.Ordinal);
        return query.TryGetValue(marker[..equals], out var value) && value == marker[(equals + 1)..];
    }
}
