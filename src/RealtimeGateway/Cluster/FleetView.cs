using System.Collections.Immutable;

namespace RealtimeGateway.Cluster;

/// <summary>The fleet at one moment.</summary>
/// <param name="Run">Names the life of the backplane's data: another after a restart, a failover, or when everything was deleted.</param>
/// <param name="Nodes">Every node that is known, dead ones that are not buried yet included.</param>
internal sealed record FleetView(string Run, ImmutableArray<NodeEntry> Nodes)
{
    /// <summary>Before anything was read.</summary>
    public static FleetView None { get; } = new("", []);

    /// <summary>The entry of a node; null when the backplane does not know it.</summary>
    public NodeEntry? Find(uint incarnation)
    {
        foreach (var node in Nodes)
        {
            if (node.Incarnation == incarnation)
            {
                return node;
            }
        }

        return null;
    }
}
