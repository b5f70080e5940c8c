using RealtimeGateway.Load.Measurement;

namespace RealtimeGateway.Load.Reporting;

/// <summary>How the opening went.</summary>
/// <param name="Requested">Asked for.</param>
/// <param name="Opened">Open at the end.</param>
/// <param name="SourceAddresses">Local addresses used.</param>
/// <param name="Seconds">It took.</param>
/// <param name="Latency">From the first packet to the 101; with many at once it is mostly waiting for each other.</param>
internal sealed record ConnectionReport(int Requested, int Opened, int SourceAddresses, double Seconds, LatencySummary? Latency);
