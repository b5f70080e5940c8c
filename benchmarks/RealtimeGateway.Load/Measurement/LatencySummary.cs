namespace RealtimeGateway.Load.Measurement;

/// <summary>A distribution of durations, in microseconds.</summary>
internal sealed record LatencySummary(long Count, double Mean, double P50, double P90, double P99, double P999, double Max);
