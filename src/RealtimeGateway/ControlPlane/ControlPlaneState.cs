using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane;

/// <summary>All resources at one moment: those that tools made, and before them those of the configuration, which tools can only read.</summary>
internal sealed record ControlPlaneState
{
    /// <summary>The store's revision that <see cref="Stored"/> is of.</summary>
    public required long Revision { get; init; }

    /// <summary>What tools made.</summary>
    public required ResourceTree Stored { get; init; }

    /// <summary>What the configuration file, or the application's code, says.</summary>
    public ResourceTree Authored { get; init; } = ResourceTree.Empty;

    /// <summary>One resource; null when there is none.</summary>
    public T? Find<T>(ResourceKey key)
        where T : Resource => (IsAuthored(key) ? Authored.Find(key) : Stored.Find(key)) as T;

    /// <summary>One resource by collection and id; null when there is none.</summary>
    public T? Find<T>(string collection, string? id)
        where T : Resource => id is null ? null : Find<T>(new ResourceKey(collection, id));

    /// <summary>A collection in the order of its ids.</summary>
    public IEnumerable<T> List<T>(string collection)
        where T : Resource
    {
        var authored = Authored.List(collection);
        if (authored.IsEmpty)
        {
            // A stored API of the same id is hidden, with all that is below it.
            return Stored.List(collection).Values.OfType<T>().Where(resource => !IsAuthored(new(collection, resource.Id)));
        }

        return Stored.List(collection).Values.Where(resource => !IsAuthored(new(collection, resource.Id)))
            .Concat(authored.Values).OfType<T>().OrderBy(resource => resource.Id, StringComparer.Ordinal);
    }

    /// <summary>The mappings of every domain.</summary>
    public IEnumerable<ApiMappingResource> ApiMappings =>
        List<DomainNameResource>(Collections.Domains).SelectMany(domain =>
            List<ApiMappingResource>(Collections.Domain(domain.DomainName).Child(Collections.ApiMappings)));

    /// <summary>Whether a resource is one of the configuration's, or would be below one.</summary>
    public bool IsAuthored(ResourceKey key) => Authored.Find(key.Root) is not null;

    /// <summary>The state after some changes by a tool.</summary>
    public ControlPlaneState With(IEnumerable<ResourceChange> changes) => this with { Stored = Stored.With(changes) };
}
