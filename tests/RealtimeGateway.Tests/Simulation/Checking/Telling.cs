namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>One telling of a connection's end.</summary>
/// <param name="Node">Who told.</param>
/// <param name="EventId">The id of the event.</param>
/// <param name="BeganAt">When the back end was called.</param>
internal sealed record Telling(int Node, string EventId, long BeganAt)
{
    /// <summary>When the back end had answered. <see cref="long.MaxValue"/>: its answer never came.</summary>
    public long EndedAt { get; set; } = long.MaxValue;
}
