using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>How the answer of a non-proxy integration becomes the answer to the client.</summary>
public sealed record IntegrationResponse
{
    /// <summary><c>$default</c>, or a regular expression between slashes that the status code must match, such as <c>/4\d\d/</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The templates of the answer, by key (<c>$default</c>).</summary>
    public ImmutableSortedDictionary<string, string> ResponseTemplates { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
