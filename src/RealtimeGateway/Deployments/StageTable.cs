using System.Collections.Frozen;
using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Deployments;

/// <summary>All that a node serves at one moment. Immutable: a change makes a new table.</summary>
internal sealed class StageTable
{
    private readonly FrozenDictionary<string, ServedApi>.AlternateLookup<ReadOnlySpan<char>> _apis;
    private readonly ServedApi? _default;

    private readonly DomainTable _domains;

    private StageTable(IEnumerable<StageSlot> slots, ApiId? defaultApi, ImmutableArray<DomainMapping> domains)
    {
        var apis = slots.GroupBy(slot => slot.Current.Identity.ApiId)
            .ToFrozenDictionary(group => group.Key.ToString(), group => new ServedApi(group), StringComparer.OrdinalIgnoreCase);
        _apis = apis.GetAlternateLookup<ReadOnlySpan<char>>();
        _default = defaultApi is { } id ? apis.GetValueOrDefault(id.ToString()) : apis.Count == 1 ? apis.Values[0] : null;
        Slots = [.. apis.Values.SelectMany(api => api.Slots)];
        _domains = new DomainTable(domains, Find);
    }

    /// <summary>Serves nothing.</summary>
    public static StageTable Empty { get; } = new([], null, []);

    /// <summary>Every stage.</summary>
    public ImmutableArray<StageSlot> Slots { get; }

    /// <summary>The table that follows this one. A stage that both have keeps its slot, which from now on holds the new form.</summary>
    /// <param name="stages">Every stage of every API.</param>
    /// <param name="defaultApi">The API that a path without an API id means; null: the only one, if there is one only.</param>
    /// <param name="domains">The custom domains.</param>
    public StageTable Succeed(IEnumerable<CompiledStage> stages, ApiId? defaultApi, ImmutableArray<DomainMapping> domains)
    {
        var slots = new List<StageSlot>();
        foreach (var stage in stages)
        {
            var slot = Find(stage.Identity.ApiId, stage.Identity.Name) ?? new StageSlot(stage);
            slot.Current = stage;
            slots.Add(slot);
        }

        foreach (var removed in Slots.Except(slots))
        {
            removed.IsServed = false;
        }

        return new StageTable(slots, defaultApi, domains);
    }

    /// <summary>The stage of an API by name; null when there is none.</summary>
    public StageSlot? Find(ApiId api, string stage) => _apis.TryGetValue(api.ToString(), out var served) ? served.Find(stage) : null;

    /// <summary>
    /// Finds the stage that a host and a raw path name. First match wins: a custom domain and the path below it; host <c>{apiId}.…</c> and <c>/{stage}</c>; path <c>/{apiId}/{stage}</c>;
    /// <c>/{stage}</c> of the default API.
    /// </summary>
    /// <param name="host">The host as the client named it, with or without a port.</param>
    /// <param name="rawPath">The path as it came over the wire, without the query.</param>
    public StageAddress Resolve(ReadOnlySpan<char> host, ReadOnlySpan<char> rawPath)
    {
        if (_domains.TryResolve(host, rawPath, out var mapped))
        {
            return mapped;
        }

        var address = ResolveDefault(host, rawPath);
        return address.Slot?.Current.IsDefaultEndpointDisabled == true ? default : address;
    }

    private StageAddress ResolveDefault(ReadOnlySpan<char> host, ReadOnlySpan<char> rawPath)
    {
        var first = Segment(rawPath, out var rest);
        var label = host.IndexOf('.') is > 0 and var dot ? host[..dot] : default;
        if (!label.IsEmpty && _apis.TryGetValue(label, out var api) && api.Find(first) is { } byHost)
        {
            return new StageAddress(byHost, rest);
        }

        if (_apis.TryGetValue(first, out api) && api.Find(Segment(rest, out var belowStage)) is { } byPath)
        {
            return new StageAddress(byPath, belowStage);
        }

        return new StageAddress(_default?.Find(first), rest);
    }

    /// <summary>The first segment of a path, and what follows it.</summary>
    private static ReadOnlySpan<char> Segment(ReadOnlySpan<char> path, out ReadOnlySpan<char> rest)
    {
        path = path.StartsWith("/", StringComparison.Ordinal) ? path[1..] : path;
        var end = path.IndexOf('/');
        rest = end < 0 ? default : path[end..];
        return end < 0 ? path : path[..end];
    }

    private sealed class ServedApi
    {
        private readonly FrozenDictionary<string, StageSlot>.AlternateLookup<ReadOnlySpan<char>> _byName;

        public ServedApi(IEnumerable<StageSlot> slots)
        {
            var byName = slots.ToFrozenDictionary(slot => slot.Current.Identity.Name, StringComparer.Ordinal);
            _byName = byName.GetAlternateLookup<ReadOnlySpan<char>>();
            Slots = byName.Values;
        }

        public ImmutableArray<StageSlot> Slots { get; }

        public StageSlot? Find(ReadOnlySpan<char> name) => _byName.TryGetValue(name, out var slot) ? slot : null;
    }
}
