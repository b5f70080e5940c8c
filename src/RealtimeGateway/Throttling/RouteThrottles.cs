using System.Collections.Frozen;

namespace RealtimeGateway.Throttling;

/// <summary>The token buckets of one stage's routes.</summary>
internal sealed class RouteThrottles(IEnumerable<KeyValuePair<string, TokenBucket>> buckets)
{
    private readonly FrozenDictionary<string, TokenBucket> _buckets = buckets.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The bucket of a route; null: unbounded.</summary>
    public TokenBucket? Of(string routeKey) => _buckets.GetValueOrDefault(routeKey);
}
