namespace RealtimeGateway.Cluster;

/// <summary>A node as the backplane knows it: from its first announcement until it is buried.</summary>
/// <param name="Announcement">What it last said of itself.</param>
/// <param name="Run">The run of the backplane in which it said so.</param>
/// <param name="HasLease">Whether its lease has not run out.</param>
/// <param name="IsCondemned">Whether it has a tombstone: its incarnation never comes back.</param>
internal readonly record struct NodeEntry(NodeAnnouncement Announcement, string Run, bool HasLease, bool IsCondemned)
{
    /// <summary>Names the run of the node.</summary>
    public uint Incarnation => Announcement.Incarnation;
}
