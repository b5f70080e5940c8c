namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>One attempt of a call.</summary>
/// <param name="Node">Which node was asked.</param>
/// <param name="BeganAt">When.</param>
internal sealed record Attempt(int Node, long BeganAt)
{
    /// <summary>When its answer came, or was not awaited any more.</summary>
    public long EndedAt { get; set; } = long.MaxValue;

    /// <summary>The answer; 0: none.</summary>
    public int Status { get; set; }
}
