namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>Where a resource is: a collection, such as <c>apis/a1b2c3d4e5/routes</c>, and an id within it.</summary>
internal readonly record struct ResourceKey(string Collection, string Id)
{
    /// <summary>The key's text in the store.</summary>
    public override string ToString() => $"{Collection}/{Id}";

    /// <summary>Reads what <see cref="ToString"/> wrote. No id has a slash in it.</summary>
    public static ResourceKey Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return new(text[..slash], text[(slash + 1)..]);
    }

    /// <summary>Reads what may not be a key.</summary>
    public static bool TryParse(string text, out ResourceKey key)
    {
        key = text.LastIndexOf('/') > 0 ? Parse(text) : default;
        return key != default;
    }

    /// <summary>The key of the outermost resource, for example <c>apis/a1b2c3d4e5</c>.</summary>
    public ResourceKey Root
    {
        get
        {
            var parts = Collection.Split('/', 3);
            return parts.Length < 2 ? this : new(parts[0], parts[1]);
        }
    }

    /// <summary>A collection below this resource.</summary>
    public string Child(string name) => $"{Collection}/{Id}/{name}";
}
