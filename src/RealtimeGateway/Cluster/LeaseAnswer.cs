namespace RealtimeGateway.Cluster;

/// <summary>What came of a renewal.</summary>
/// <param name="IsCondemned">Whether the node has a tombstone: others tell, or have told, the ends of its connections.</param>
/// <param name="View">The fleet, this node's new lease included.</param>
internal readonly record struct LeaseAnswer(bool IsCondemned, FleetView View);
