namespace RealtimeGateway.Cluster;

/// <summary>What is known of the node that an incarnation names.</summary>
internal enum NodeStanding
{
    /// <summary>Not known now, for example because the backplane is away: nothing may be concluded from it.</summary>
    Unknown = 0,

    /// <summary>It had a lease when the fleet was last read; it can be asked.</summary>
    Alive,

    /// <summary>Known for certain: it has ended, or never was. Its connections are gone.</summary>
    Dead,
}
