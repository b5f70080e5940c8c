namespace RealtimeGateway.Events;

/// <summary>One check of a handshake.</summary>
/// <param name="Status">200, or the status of the refusal.</param>
/// <param name="LatencyMilliseconds">How long it took.</param>
/// <param name="Error">Why it failed; null: it did not.</param>
internal readonly record struct AccessStep(int Status, long LatencyMilliseconds, string? Error);
