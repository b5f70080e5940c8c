namespace RealtimeGateway.Cluster;

/// <summary>The bounds of the node bus. Times are milliseconds of <see cref="BusClock"/>.</summary>
internal static class BusLimits
{
    /// <summary>How often resends, deadlines and circuits are looked at.</summary>
    public const int SweepInterval = 100;

    /// <summary>A request without an answer for so long is sent once more.</summary>
    public const int ResendAfter = 1_000;

    /// <summary>A request that reaches its node later than this after it was made is not done.</summary>
    public const int LateAfter = 3_000;

    /// <summary>A request is given up so long after it was made: one sweep early, so that its caller has the answer within 3 s.</summary>
    public const int GiveUpAfter = LateAfter - SweepInterval;

    /// <summary>How long a fenced node tries to renew its lease before it refuses what waits for that.</summary>
    public const int FencedWait = 1_500;

    /// <summary>For how long a node knows a request again: well over <see cref="LateAfter"/>, after which a copy is not done anyway.</summary>
    public const int SeenLife = 6_000;

    /// <summary>So many sweeps with misses, and no answer between them, open the circuit of a node.</summary>
    public const int MissesToOpen = 5;

    /// <summary>How often a node whose circuit is open is asked for a sign of life.</summary>
    public const int ProbeInterval = 500;

    /// <summary>How often a node hears from each other at least, so that both know the shortest way between them.</summary>
    public const int HelloInterval = 30_000;

    /// <summary>In how many views one after the other a new node is greeted.</summary>
    public const int Hellos = 3;

    /// <summary>For how long the shortest way between two nodes is remembered at least.</summary>
    public const int ShortestWayLife = 5 * 60_000;

    /// <summary>How long a node that is in no view any more stays known.</summary>
    public const int StrangerLife = 60_000;

    /// <summary>After a failure to listen, when it is tried again.</summary>
    public const int ListenRetry = 500;

    /// <summary>The most nodes known at a time.</summary>
    public const int MaxLinks = 4_096;

    /// <summary>The most requests in a batch.</summary>
    public const int MaxBatchRequests = 256;

    /// <summary>
    /// The most connections of one <see cref="CallKind.PostMany"/>: its node takes one request after the other, and the others' are not to wait for more than a
    /// few milliseconds.
    /// </summary>
    public const int MaxTargets = 256;

    /// <summary>How many requests of one call to many connections are under way to one node at a time, so that it always has one at hand and others come in between.</summary>
    public const int TargetsInFlight = 2;

    /// <summary>The most replies in a batch.</summary>
    public const int MaxBatchReplies = 1_024;

    /// <summary>The most bytes in a batch; a single bigger message goes alone.</summary>
    public const int MaxBatchBytes = 256 * 1024;

    /// <summary>The most requests to one node that are not answered yet.</summary>
    public const int MaxPendingRequests = 4_096;

    /// <summary>Their bytes together; a single bigger message goes when nothing else is under way.</summary>
    public const int MaxPendingBytes = 8 * 1024 * 1024;

    /// <summary>The most replies that wait for one node; what comes beyond is left to the request's resend.</summary>
    public const int MaxWaitingReplies = 16 * 1024;
}
