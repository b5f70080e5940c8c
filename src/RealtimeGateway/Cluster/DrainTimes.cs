namespace RealtimeGateway.Cluster;

/// <summary>How long a node takes to leave.</summary>
/// <param name="Delay">From telling that it takes no new clients until it closes the first: load balancers are to see it meanwhile.</param>
/// <param name="Spread">The span over which the clients are closed.</param>
/// <param name="Finish">How long, after the last close frame, clients may take to answer theirs and back ends to answer what they were asked.</param>
internal readonly record struct DrainTimes(TimeSpan Delay, TimeSpan Spread, TimeSpan Finish);
