namespace RealtimeGateway.Cluster;

/// <summary>What a node knows of itself and of the others: <see cref="LoneNode"/> where there are no others, the fleet's membership where there are.</summary>
internal interface IMembership
{
    /// <summary>Raised with every view that was read; from any thread, and never blocking.</summary>
    event Action<FleetView>? Viewed;

    /// <summary>Raised with an incarnation of this process that others have taken for dead: its connections are being closed, and another incarnation follows.</summary>
    event Action<uint>? Condemned;

    /// <summary>Names this run of this node.</summary>
    uint Incarnation { get; }

    /// <summary>
    /// Whether this process had that incarnation until others took it for dead: the connections of it are closed, and nobody knows that better. Of very many
    /// only the latest are remembered; tombstones tell of the others.
    /// </summary>
    bool IsFormer(uint incarnation);

    /// <summary>The fleet as last read.</summary>
    FleetView View { get; }

    /// <summary>Whether this process has ever held its lease, so that others know of it; a node that is alone always has. It stays so while the backplane is away.</summary>
    bool HasJoined { get; }

    /// <summary>Whether this node could not renew its lease for so long that others may take it for dead: it must not answer for its connections to others.</summary>
    bool IsFenced { get; }

    /// <summary>Whether this node takes no more clients; the others are told at once.</summary>
    bool IsDraining { get; set; }

    /// <summary>What is known of a node, without asking anybody.</summary>
    NodeStanding StandingOf(uint incarnation);

    /// <summary>What is known of a node after the fleet has been read anew.</summary>
    ValueTask<NodeStanding> ResolveAsync(uint incarnation, CancellationToken cancellationToken);

    /// <summary>Tries to renew the lease now, and waits for that at most <paramref name="timeout"/>. <see langword="false"/>: not renewed.</summary>
    Task<bool> WaitForRenewalAsync(TimeSpan timeout, CancellationToken cancellationToken);
}
