using RealtimeGateway.Apis;

namespace RealtimeGateway.Throttling;

/// <summary>What a usage plan allows each of its keys.</summary>
/// <param name="Rate">How fast; null: unbounded.</param>
/// <param name="Quota">How often in a <paramref name="Period"/>; null: unbounded.</param>
/// <param name="Period">How long a quota holds.</param>
internal sealed record KeyLimits(RateLimit? Rate, long? Quota, QuotaPeriod Period);
