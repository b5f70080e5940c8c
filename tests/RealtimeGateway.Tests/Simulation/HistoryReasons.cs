namespace RealtimeGateway.Tests.Simulation;

/// <summary>What befalls the backplane or a node, as the history names it.</summary>
internal static class HistoryReasons
{
    /// <summary>It executes nothing for a while, and loses nothing.</summary>
    public const string Pause = "pause";

    /// <summary>Everything is deleted.</summary>
    public const string Flush = "flush";

    /// <summary>Its process ends and starts again.</summary>
    public const string Restart = "restart";

    /// <summary>A node's machine is suspended, its clock with it.</summary>
    public const string Suspended = "suspended";

    /// <summary>A replica takes over.</summary>
    public const string Failover = "failover";
}
