namespace RealtimeGateway.Server.Operations;

/// <summary>A node as the admin listener tells it.</summary>
/// <param name="Name">What operators call it.</param>
/// <param name="Incarnation">Names this run of it: 8 hexadecimal digits.</param>
/// <param name="IsSelf">Whether it is the one that answers.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Connections">How many clients it has.</param>
/// <param name="IsDraining">Whether it takes no new ones.</param>
/// <param name="Lease"><c>alive</c>, <c>expired</c> or <c>condemned</c>; <c>none</c>: there is no fleet; <c>unknown</c>: the backplane cannot be read.</param>
/// <param name="Shedding">How many clients a rebalance is still to close; only told by the node itself.</param>
internal sealed record NodeReport(
    string Name, string Incarnation, bool IsSelf, string StartedAt, int Connections, bool IsDraining, string Lease, int? Shedding);
