using Microsoft.Extensions.Logging;

namespace RealtimeGateway.Cluster;

/// <summary>What the burials of one node share.</summary>
/// <param name="Backplane">Has the records.</param>
/// <param name="Tell">Tells one end.</param>
/// <param name="Options">Times and bounds.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Log">Takes what operators should know.</param>
/// <param name="Slots">Calls under way that are not slow yet.</param>
/// <param name="Outstanding">All calls under way.</param>
internal sealed record BurialTools(
    IBackplane Backplane, TellEnd Tell, FleetOptions Options, TimeProvider Time, FleetMetrics Metrics, ILogger Log, SemaphoreSlim Slots, SemaphoreSlim Outstanding);
