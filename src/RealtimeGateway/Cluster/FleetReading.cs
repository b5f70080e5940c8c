namespace RealtimeGateway.Cluster;

/// <summary>A view of the fleet, and when it was asked for.</summary>
/// <param name="View">The view.</param>
/// <param name="BeganAt">A timestamp of this process, from before it was asked for.</param>
internal sealed record FleetReading(FleetView View, long BeganAt);
