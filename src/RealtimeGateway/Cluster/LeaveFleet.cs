namespace RealtimeGateway.Cluster;

/// <summary>
/// Gives this node's lease back: it has no connections left and the end of each has been told. Never throws for a backplane that is away; the lease
/// then runs out by itself.
/// </summary>
internal delegate Task LeaveFleet(CancellationToken cancellationToken);
