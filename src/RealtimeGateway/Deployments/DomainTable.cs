using System.Collections.Frozen;
using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Deployments;

/// <summary>
/// Custom domains: which stage a host and the beginning of a path mean. The longest mapping that fits wins, segment by segment
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html).
/// </summary>
internal sealed class DomainTable
{
    private readonly FrozenDictionary<string, Mapping[]> _byHost;
    private readonly FrozenDictionary<string, Mapping[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <summary>Freezes the mappings whose stage is served.</summary>
    public DomainTable(ImmutableArray<DomainMapping> mappings, Func<ApiId, string, StageSlot?> find)
    {
        _byHost = mappings.GroupBy(mapping => mapping.Host, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(
            group => group.Key,
            group => (from mapping in @group
                      let slot = find(mapping.ApiId, mapping.Stage)
                      where slot is not null
                      let segments = mapping.BasePath.Split('/', StringSplitOptions.RemoveEmptyEntries)
                      orderby segments.Length descending
                      select new Mapping(segments, slot)).ToArray(),
            StringComparer.OrdinalIgnoreCase);
        _bySpan = _byHost.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether the host is a custom domain; then <paramref name="address"/> is what its path means, which may be nothing.</summary>
    public bool TryResolve(ReadOnlySpan<char> host, ReadOnlySpan<char> rawPath, out StageAddress address)
    {
        address = default;
        if (_byHost.Count == 0 || !TryFind(WithoutPort(host), out var mappings))
        {
            return false;
        }

        foreach (var mapping in mappings)
        {
            if (TryStrip(rawPath, mapping.Segments, out var rest))
            {
                address = new(mapping.Slot, rest);
                break;
            }
        }

        return true;
    }

    private bool TryFind(ReadOnlySpan<char> host, out Mapping[] mappings)
    {
        if (_bySpan.TryGetValue(host, out mappings!))
        {
            return true;
        }

        // *.example.com stands for one label more.
        var dot = host.IndexOf('.');
        return dot > 0 && _bySpan.TryGetValue($"*{host[dot..]}", out mappings!);
    }

    private static bool TryStrip(ReadOnlySpan<char> path, string[] segments, out ReadOnlySpan<char> rest)
    {
        rest = path;
        foreach (var segment in segments)
        {
            var begun = rest.StartsWith("/", StringComparison.Ordinal) ? rest[1..] : rest;
            var end = begun.IndexOf('/') is >= 0 and var slash ? slash : begun.Length;
            var found = begun[..end];
            if (!found.SequenceEqual(segment) && !(found.Contains('%') && Uri.UnescapeDataString(found.ToString()) == segment))
            {
                return false;
            }

            rest = begun[end..];
        }

        return true;
    }

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host) =>
        host.LastIndexOf(':') is > 0 and var colon && !host[colon..].Contains(']') ? host[..colon] : host;

    private sealed record Mapping(string[] Segments, StageSlot Slot);
}
