namespace RealtimeGateway.Cluster;

/// <summary>The name of this node, and the times and bounds by which a fleet lives. They belong together: change one only with the reasons of the others in mind.</summary>
internal sealed record FleetOptions
{
    /// <summary>What operators call this node. Default: the machine's name and the process id.</summary>
    public string NodeName { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>How long a node is taken to live after it last said so. Default 6 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>From one renewal of the lease to the next. Default 2 s.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From a renewal that failed to the next. Default 500 ms.</summary>
    public TimeSpan RenewalRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a renewal, or a reading of the fleet, is waited for. Default 1 s.</summary>
    public TimeSpan RenewalTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its last renewal a node stops to answer for its connections, since others may soon take it for dead. Default 4 s.</summary>
    public TimeSpan Fence { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the backplane must have answered, with the same data, before what it does not know counts as not being there. Default 12 s: two leases.</summary>
    public TimeSpan RunStable { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a node that last announced itself to an earlier run of the backplane is given to do it again. Default 60 s.</summary>
    public TimeSpan OldRunGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the reaper of a dead node is the only one without saying so again. Default 10 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dead node is known to be dead. Default 7 days: longer than any connection lives.</summary>
    public TimeSpan TombstoneLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long the end of a connection is kept back for fear that others tell it as well. Default 2 min.</summary>
    public TimeSpan EndHold { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a client that connects waits for its record to be written. Default 50 ms.</summary>
    public TimeSpan RecordWait { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the records of a node are kept from expiring. Default 10 min.</summary>
    public TimeSpan RecordRenewal { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long anything else that is asked of the backplane is waited for. Default 2 s: with <see cref="Fence"/> before it no longer than a lease, so that
    /// a node does not write records after others have begun to read them.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Records written and removed at once. Default 1,000.</summary>
    public int MaxRecordsPerWrite { get; init; } = 1000;

    /// <summary>Records of a dead node that are read at once. Default 100.</summary>
    public int ReapPage { get; init; } = 100;

    /// <summary>Ends of a dead node's connections told at the same time; one that takes longer than <see cref="ReapSlow"/> counts no more. Default 64.</summary>
    public int ReapParallelism { get; init; } = 64;

    /// <summary>Slow ones included. Default 1,024.</summary>
    public int ReapOutstanding { get; init; } = 1024;

    /// <summary>When a back end that is being told counts as slow, and no longer holds up the others. Default 1 s.</summary>
    public TimeSpan ReapSlow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Ends told a second at most, for each dead node, so that back ends are not flooded. Default 1,000.</summary>
    public int ReapRate { get; init; } = 1000;

    /// <summary>The survivors of a node go for its burial within this time of each other. Default 500 ms.</summary>
    public TimeSpan ReapJitter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long after a renewal nobody can have lost a lease because the backplane was away: what is left of a lease when the renewal before it, one
    /// attempt in vain and the wait after that are taken off. 2.5 s by default.
    /// </summary>
    public TimeSpan Fresh => Lease - Renewal - RenewalTimeout - RenewalRetry;

    /// <summary>How long a node whose lease has run out is given to take it anew after the backplane came back: an attempt in vain and the wait after it.</summary>
    public TimeSpan ReapGrace => RenewalTimeout + RenewalRetry;
}
