using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>Which keys may use which stages, how fast and how often (https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html).</summary>
internal sealed record UsagePlanResource : Resource, ITagged
{
    public ImmutableArray<UsagePlanStage> ApiStages { get; init; } = [];

    public string? Description { get; init; }

    // Hides the member of all resources, which is not written: here "id" is the member's own name.
    public new required string Id { get; init; }

    /// <summary>The ids of its keys. Stored with the plan, answered by operations of their own.</summary>
    public ImmutableArray<string>? Keys { get; init; }

    public required string Name { get; init; }

    public string? ProductCode { get; init; }

    public UsagePlanQuota? Quota { get; init; }

    public ImmutableSortedDictionary<string, string>? Tags { get; init; }

    public UsagePlanThrottle? Throttle { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => Id;

    /// <inheritdoc/>
    public Resource WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A stage that a plan is for.</summary>
internal sealed record UsagePlanStage
{
    public required string ApiId { get; init; }

    public required string Stage { get; init; }
}

/// <summary>How fast a key may be.</summary>
internal sealed record UsagePlanThrottle
{
    public int BurstLimit { get; init; }

    public double RateLimit { get; init; }
}

/// <summary>How often a key may come in a period.</summary>
internal sealed record UsagePlanQuota
{
    public int Limit { get; init; }

    public int Offset { get; init; }

    public required string Period { get; init; }
}
