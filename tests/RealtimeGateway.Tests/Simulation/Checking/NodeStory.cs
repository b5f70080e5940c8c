namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>One process of the fleet.</summary>
internal sealed class NodeStory(int node)
{
    private const long Unaware = 4 * Laws.Second;

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

    /// <summary>When its machine was suspended; among <see cref="Faults"/> as well.</summary>
    public List<Stretch> Suspensions { get; } = [];

    /// <summary>
    /// Whether it was suspended in a stretch of time, or less than a renewal before: until then nothing tells it that time has passed, so that it is neither
    /// fenced nor knows what has come late.
    /// </summary>
    public bool WasSuspended(long from, long to) => Suspensions.Exists(stretch => stretch.Meets(from - Unaware, to));

    /// <summary>When its process was there no more.</summary>
    public long GoneAt => Math.Min(CrashedAt, LeftAt);
}
