namespace RealtimeGateway.Server.Operations;

/// <summary>What a rebalance has begun to do.</summary>
/// <param name="Connections">How many clients the node has.</param>
/// <param name="To">How many it is to keep.</param>
/// <param name="Shedding">How many are to be closed.</param>
/// <param name="RatePerSecond">How many in a second.</param>
/// <param name="Seconds">How long that takes.</param>
internal sealed record RebalanceReport(int Connections, int To, int Shedding, double RatePerSecond, double Seconds);
