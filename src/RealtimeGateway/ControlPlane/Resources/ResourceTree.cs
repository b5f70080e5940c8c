using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>Resources by collection and id. Immutable; what did not change is shared with the tree before, so that it can be told by reference.</summary>
internal sealed class ResourceTree
{
    private static readonly ImmutableSortedDictionary<string, Resource> NoResources =
        ImmutableSortedDictionary.Create<string, Resource>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<string, Resource>> _collections;

    private ResourceTree(ImmutableDictionary<string, ImmutableSortedDictionary<string, Resource>> collections) => _collections = collections;

    /// <summary>No resources.</summary>
    public static ResourceTree Empty { get; } =
        new(ImmutableDictionary.Create<string, ImmutableSortedDictionary<string, Resource>>(StringComparer.Ordinal));

    /// <summary>A tree of many resources.</summary>
    public static ResourceTree Of(IEnumerable<(ResourceKey Key, Resource Resource)> resources)
    {
        var collections = Empty._collections.ToBuilder();
        foreach (var group in resources.GroupBy(entry => entry.Key.Collection, StringComparer.Ordinal))
        {
            collections[group.Key] = NoResources.AddRange(group.Select(entry => KeyValuePair.Create(entry.Key.Id, entry.Resource)));
        }

        return new(collections.ToImmutable());
    }

    /// <summary>One resource; null when there is none.</summary>
    public Resource? Find(ResourceKey key) => List(key.Collection).GetValueOrDefault(key.Id);

    /// <summary>A collection, by id; empty when there is none.</summary>
    public ImmutableSortedDictionary<string, Resource> List(string collection) => _collections.GetValueOrDefault(collection, NoResources);

    /// <summary>Every resource below another.</summary>
    public IEnumerable<ResourceKey> Below(ResourceKey key)
    {
        var prefix = $"{key}/";
        return from collection in _collections
               where collection.Key.StartsWith(prefix, StringComparison.Ordinal)
               from id in collection.Value.Keys
               select new ResourceKey(collection.Key, id);
    }

    /// <summary>The tree after some changes.</summary>
    public ResourceTree With(IEnumerable<ResourceChange> changes)
    {
        var collections = _collections;
        foreach (var (key, after) in changes)
        {
            var collection = collections.GetValueOrDefault(key.Collection, NoResources);
            collection = after is null ? collection.Remove(key.Id) : collection.SetItem(key.Id, after);
            collections = collection.IsEmpty ? collections.Remove(key.Collection) : collections.SetItem(key.Collection, collection);
        }

        return new(collections);
    }
}
