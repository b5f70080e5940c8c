namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>One process of the fleet.</summary>
internal sealed class NodeStory(int node)
{
    /// <summary>Names it.</summary>
    public int Node { get; } = node;

    /// <summary>When it started.</summary>
    public long JoinedAt { get; set; } = long.MaxValue;

    /// <summary>When it was killed. <see cref="long.MaxValue"/>: never.</summary>
    public long CrashedAt { get; set; } = long.MaxValue;

    /// <summary>When it left in order.</summary>
    public long LeftAt { get; set; } = long.MaxValue;

    /// <summary>Its incarnations, and when each was condemned.</summary>
    public Dictionary<uint, long> Incarnations { get; } = [];

    /// <summary>When it was stopped or cut off.</summary>
    public List<Stretch> Faults { get; } = [];

    /// <summary>When its process was there no more.</summary>
    public long GoneAt => Math.Min(CrashedAt, LeftAt);
}
