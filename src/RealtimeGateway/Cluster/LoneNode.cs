using RealtimeGateway.Events;

namespace RealtimeGateway.Cluster;

/// <summary>A node without a fleet: who is not here is nowhere.</summary>
internal sealed class LoneNode(IdSource ids) : IMembership
{
    /// <inheritdoc/>
    public event Action<FleetView>? Viewed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public event Action<uint>? Condemned
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public uint Incarnation => ids.Incarnation;

    /// <inheritdoc/>
    public FleetView View => FleetView.None;

    /// <inheritdoc/>
    public bool HasJoined => true;

    /// <inheritdoc/>
    public bool IsFenced => false;

    /// <inheritdoc/>
    public bool IsDraining { get; set; }

    /// <inheritdoc/>
    public bool IsFormer(uint incarnation) => false;

    /// <inheritdoc/>
    public NodeStanding StandingOf(uint incarnation) => incarnation == Incarnation ? NodeStanding.Alive : NodeStanding.Dead;

    /// <inheritdoc/>
    public ValueTask<NodeStanding> ResolveAsync(uint incarnation, CancellationToken cancellationToken) => ValueTask.FromResult(StandingOf(incarnation));

    /// <inheritdoc/>
    public Task<bool> WaitForRenewalAsync(TimeSpan timeout, CancellationToken cancellationToken) => Task.FromResult(true);
}
