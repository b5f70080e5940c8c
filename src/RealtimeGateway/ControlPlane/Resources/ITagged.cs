using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A resource that may have tags.</summary>
internal interface ITagged
{
    /// <summary>The tags; null: none.</summary>
    ImmutableSortedDictionary<string, string>? Tags { get; }

    /// <summary>The same with other tags.</summary>
    Resource WithTags(ImmutableSortedDictionary<string, string> tags);
}
