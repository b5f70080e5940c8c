namespace RealtimeGateway.Fuzz;

/// <summary>The code under test broke one of its promises.</summary>
internal sealed class FuzzFindingException(string message) : Exception(message);
