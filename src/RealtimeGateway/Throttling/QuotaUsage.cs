namespace RealtimeGateway.Throttling;

/// <summary>How much of a quota is used, at one moment.</summary>
/// <param name="PeriodStart">The first day of the period.</param>
/// <param name="Used">Requests granted in it.</param>
/// <param name="Remaining">Requests left in it.</param>
internal readonly record struct QuotaUsage(DateOnly PeriodStart, long Used, long Remaining);
