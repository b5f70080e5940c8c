namespace RealtimeGateway.Tests.Simulation;

/// <summary>The simulation itself failed: code under test left its loop, or threw where nobody observes it.</summary>
internal sealed class SimulationException(string message) : Exception(message);
