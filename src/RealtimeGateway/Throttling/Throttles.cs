namespace RealtimeGateway.Throttling;

/// <summary>
/// The token buckets of a node, by what they bound and how. A bucket goes on through a change of the configuration that leaves its limits as
/// they are, so that a reload gives nobody a second burst.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="fleet">Shares the limits with other nodes; null: this node is alone.</param>
internal sealed class Throttles(TimeProvider time, FleetLimits? fleet = null)
{
    private readonly SharedWhileUsed<(string Place, double Rate, int Burst), TokenBucket> _buckets = new();

    /// <summary>The bucket of a place, such as <c>chat/prod/sendMessage</c>; null without limits.</summary>
    public TokenBucket? Find(string place, RateLimit? limit) =>
        limit is { } set ? _buckets.Get((place, set.Rate, set.Burst), Make) : null;

    /// <summary>Takes one event from both buckets. What the narrow one refuses does not count in the wide one; null: no bound.</summary>
    public static bool TryTake(TokenBucket? narrow, TokenBucket? wide) => (narrow is null || narrow.TryTake()) && (wide is null || wide.TryTake());

    private TokenBucket Make((string Place, double Rate, int Burst) key)
    {
        var bucket = new TokenBucket(key.Rate, key.Burst, time);
        fleet?.Add(key.Place, bucket);
        return bucket;
    }
}
