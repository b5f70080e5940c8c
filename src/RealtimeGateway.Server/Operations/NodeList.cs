namespace RealtimeGateway.Server.Operations;

/// <summary>The nodes of the fleet, or the only one.</summary>
/// <param name="Nodes">The nodes, in the order of their incarnations.</param>
/// <param name="Problem">Why there are not all of them.</param>
internal sealed record NodeList(NodeReport[] Nodes, string? Problem);
