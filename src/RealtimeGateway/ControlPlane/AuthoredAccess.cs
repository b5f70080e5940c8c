using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane;

/// <summary>Shows the API keys and usage plans of the configuration as resources.</summary>
internal static class AuthoredAccess
{
    /// <summary>The resources of a configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="created">What stands for their creation.</param>
    public static IEnumerable<(ResourceKey Key, Resource Resource)> Of(GatewayConfiguration configuration, DateTimeOffset created)
    {
        foreach (var key in configuration.ApiKeys)
        {
            yield return (new(Collections.ApiKeys, key.Id), new ApiKeyResource
            {
                Id = key.Id,
                Name = key.Id,
                Value = key.Value,
                Enabled = key.Enabled,
                CreatedDate = created.ToUnixTimeSeconds(),
                LastUpdatedDate = created.ToUnixTimeSeconds(),
                Tags = ImmutableSortedDictionary<string, string>.Empty,
            });
        }

        foreach (var plan in configuration.UsagePlans)
        {
            yield return (new(Collections.UsagePlans, plan.Id), new UsagePlanResource
            {
                Id = plan.Id,
                Name = plan.Id,
                Keys = plan.Keys,
                ApiStages =
                [
                    .. plan.Stages.Select(stage => stage.Split('/', 2)).Select(parts => new UsagePlanStage { ApiId = parts[0], Stage = parts[^1] }),
                ],
                Throttle = plan.RateLimit is null && plan.BurstLimit is null
                    ? null
                    : new() { RateLimit = plan.RateLimit ?? 0, BurstLimit = plan.BurstLimit ?? 0 },
                Quota = plan.QuotaLimit is { } limit
                    ? new() { Limit = (int)Math.Min(limit, int.MaxValue), Period = plan.QuotaPeriod.ToString().ToUpperInvariant() }
                    : null,
                Tags = ImmutableSortedDictionary<string, string>.Empty,
            });
        }
    }
}
