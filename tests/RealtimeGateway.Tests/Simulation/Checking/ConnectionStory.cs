using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>One connection as the history tells of it.</summary>
internal sealed class ConnectionStory(ConnectionId id, int node, long openedAt)
{
    /// <summary>Its name.</summary>
    public ConnectionId Id { get; } = id;

    /// <summary>The node that holds it.</summary>
    public int Node { get; } = node;

    /// <summary>From when on it takes messages.</summary>
    public long OpenedAt { get; } = openedAt;

    /// <summary>From when on nobody may count on it: its owner ended it, was killed or was condemned. <see cref="long.MaxValue"/>: never.</summary>
    public long EndedAt { get; set; } = long.MaxValue;

    /// <summary>Whether the end was its node's death or condemnation.</summary>
    public bool EndedWithNode { get; set; }

    /// <summary>When its node was condemned under the incarnation that it names.</summary>
    public long CondemnedAt { get; set; } = long.MaxValue;

    /// <summary>When its owner itself took no message any more, or was killed.</summary>
    public long OwnerEndedAt { get; set; } = long.MaxValue;

    /// <summary>When its client saw it end.</summary>
    public long ClientClosedAt { get; set; } = long.MaxValue;

    /// <summary>What was written to its transport.</summary>
    public List<(long Message, long At)> Queued { get; } = [];

    /// <summary>What its client got, in order.</summary>
    public List<(long Message, long At)> Received { get; } = [];

    /// <summary>Who told its end.</summary>
    public List<Telling> Tellings { get; } = [];

    /// <summary>When its record came to, or went from, the backplane.</summary>
    public List<(bool IsThere, long At)> Records { get; init; } = [];

    /// <summary>Calls to it.</summary>
    public List<CallStory> Calls { get; } = [];

    /// <summary>Whether the backplane held its record at a moment.</summary>
    public bool HasRecordAt(long time)
    {
        var isThere = false;
        foreach (var (becameThere, at) in Records)
        {
            if (at > time)
            {
                break;
            }

            isThere = becameThere;
        }

        return isThere;
    }
}
