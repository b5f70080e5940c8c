using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane.Projection;

/// <summary>The API keys and usage plans that tools made, as traffic is to see them. The same object as before when nothing about them has changed.</summary>
internal sealed class AccessProjection
{
    private readonly ImmutableArray<Resource> _resources;

    private AccessProjection(ImmutableArray<Resource> resources) => _resources = resources;

    /// <summary>Of nothing.</summary>
    public static AccessProjection Empty { get; } = new([]);

    /// <summary>The keys.</summary>
    public ImmutableArray<ApiKey> Keys { get; private init; } = [];

    /// <summary>The plans.</summary>
    public ImmutableArray<UsagePlan> Plans { get; private init; } = [];

    /// <summary>The projection of a state.</summary>
    public static AccessProjection Of(ControlPlaneState state, AccessProjection before)
    {
        var keys = state.List<ApiKeyResource>(Collections.ApiKeys).Where(key => !state.IsAuthored(new(Collections.ApiKeys, key.Id))).ToArray();
        var plans = state.List<UsagePlanResource>(Collections.UsagePlans).Where(plan => !state.IsAuthored(new(Collections.UsagePlans, plan.Id))).ToArray();
        ImmutableArray<Resource> resources = [.. keys, .. plans];
        if (resources.AsSpan().SequenceEqual(before._resources.AsSpan(), ReferenceEqualityComparer.Instance))
        {
            return before;
        }

        return new(resources)
        {
            Keys = [.. keys.Select(key => new ApiKey { Id = key.Id, Value = key.Value!, Enabled = key.Enabled })],
            Plans = [.. plans.Select(Plan)],
        };
    }

    private static UsagePlan Plan(UsagePlanResource plan) => new()
    {
        Id = plan.Id,
        Stages = [.. plan.ApiStages.Select(stage => $"{stage.ApiId}/{stage.Stage}")],
        Keys = plan.Keys ?? [],
        RateLimit = plan.Throttle?.RateLimit,

        // Tools that set a rate alone send 0, which would let nobody in.
        BurstLimit = plan.Throttle is { BurstLimit: > 0 } throttle ? throttle.BurstLimit : null,
        QuotaLimit = plan.Quota?.Limit,
        QuotaPeriod = plan.Quota?.Period switch { "DAY" => QuotaPeriod.Day, "WEEK" => QuotaPeriod.Week, _ => QuotaPeriod.Month },
    };
}
