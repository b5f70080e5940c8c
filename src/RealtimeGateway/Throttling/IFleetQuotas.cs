using System.Collections.Immutable;

namespace RealtimeGateway.Throttling;

/// <summary>Where the nodes of a fleet tell each other what their clients ask for, and divide limits among themselves.</summary>
internal interface IFleetQuotas
{
    /// <summary>Tells and hears in one round trip. Null: the fleet cannot be reached; everything stays as it is.</summary>
    ValueTask<FleetQuotaAnswer?> ExchangeAsync(
        IReadOnlyList<BucketReport> buckets, IReadOnlyList<QuotaReport> quotas, CancellationToken cancellationToken);
}

/// <summary>What is asked of one bucket.</summary>
/// <param name="Name">Names what the bucket bounds; the same on all nodes.</param>
/// <param name="Demand">Events a second, granted or not, smoothed.</param>
internal readonly record struct BucketReport(string Name, double Demand);

/// <summary>What is used of one quota.</summary>
/// <param name="Name">Names the quota and its period; the same on all nodes.</param>
/// <param name="PeriodStart">The first day of the period.</param>
/// <param name="FleetUsed">The fleet's count as last heard; it comes back where it was lost.</param>
/// <param name="Unreported">What this node has granted since.</param>
internal readonly record struct QuotaReport(string Name, DateOnly PeriodStart, long FleetUsed, long Unreported);

/// <summary>What the fleet says.</summary>
/// <param name="Nodes">How many nodes take part, this one included.</param>
/// <param name="Shares">This node's share of each bucket that was told, in their order.</param>
/// <param name="Totals">The fleet's count of each quota that was told, in their order.</param>
/// <param name="Active">The buckets that some node is asked for: every node tells its demand of them.</param>
internal sealed record FleetQuotaAnswer(int Nodes, ImmutableArray<double> Shares, ImmutableArray<long> Totals, ImmutableArray<string> Active);
