using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A key that clients send (https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html). Times are seconds since 1970.</summary>
internal sealed record ApiKeyResource : Resource, ITagged
{
    public long CreatedDate { get; init; }

    public string? CustomerId { get; init; }

    public string? Description { get; init; }

    public bool Enabled { get; init; }

    // Hides the member of all resources, which is not written: here "id" is the member's own name.
    public new required string Id { get; init; }

    public long LastUpdatedDate { get; init; }

    public string? Name { get; init; }

    public ImmutableArray<string> StageKeys { get; init; } = [];

    public ImmutableSortedDictionary<string, string>? Tags { get; init; }

    /// <summary>What clients send; answered only when asked for.</summary>
    public string? Value { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => Id;

    /// <inheritdoc/>
    public Resource WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
