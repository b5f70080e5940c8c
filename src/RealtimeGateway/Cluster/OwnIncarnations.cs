using System.Collections.Immutable;

namespace RealtimeGateway.Cluster;

/// <summary>The incarnation of this process, and those that it had before others took it for dead: their connections are closed, and nobody knows that better.</summary>
internal sealed class OwnIncarnations
{
    /// <summary>Nodes that are condemned again and again must not remember for ever; tombstones tell of the older ones.</summary>
    private const int MaxFormer = 64;

    private readonly IMembership _membership;
    private ImmutableArray<uint> _former = [];

    /// <summary>Begins to follow a membership.</summary>
    public OwnIncarnations(IMembership membership)
    {
        _membership = membership;
        membership.Condemned += Retire;
    }

    /// <summary>The incarnation that new connections get.</summary>
    public uint Current => _membership.Incarnation;

    /// <summary>Whether this process had that incarnation and has it no more.</summary>
    public bool IsFormer(uint incarnation) => _former is { IsEmpty: false } former && incarnation != Current && former.Contains(incarnation);

    /// <summary>Whether this process has, or had, that incarnation.</summary>
    public bool Contains(uint incarnation) => incarnation == Current || _former.Contains(incarnation);

    private void Retire(uint incarnation) => ImmutableInterlocked.Update(
        ref _former,
        static (former, added) => (former.Length < MaxFormer ? former : former.RemoveAt(0)).Add(added),
        incarnation);
}
