namespace RealtimeGateway.Cluster;

/// <summary>What a node tells the fleet of itself with each renewal of its lease.</summary>
/// <param name="Incarnation">Names this run of the node.</param>
/// <param name="Name">What operators call it: by default the name of the machine and the process id.</param>
/// <param name="StartedAt">When it started; for people.</param>
/// <param name="Connections">How many clients it has.</param>
/// <param name="IsDraining">Whether it takes no new ones.</param>
internal readonly record struct NodeAnnouncement(uint Incarnation, string Name, DateTimeOffset StartedAt, int Connections, bool IsDraining);
