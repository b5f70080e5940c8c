using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>Which API keys may use which stages, how fast and how often.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html</remarks>
public sealed record UsagePlan
{
    /// <summary>Names the plan.</summary>
    public required string Id { get; init; }

    /// <summary>The stages, as <c>{api}/{stage}</c>.</summary>
    public ImmutableArray<string> Stages { get; init; } = [];

    /// <summary>The <see cref="ApiKey.Id"/>s that belong to the plan.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Steady rate of one key: events a second. Null: unbounded.</summary>
    public double? RateLimit { get; init; }

    /// <summary>How many events of one key may come at once. Null: as many as the rate allows in a second.</summary>
    public int? BurstLimit { get; init; }

    /// <summary>How many events one key has in a <see cref="QuotaPeriod"/>. Null: unbounded.</summary>
    public long? QuotaLimit { get; init; }

    /// <summary>The period of <see cref="QuotaLimit"/>. Default a month.</summary>
    public QuotaPeriod QuotaPeriod { get; init; } = QuotaPeriod.Month;
}
