namespace RealtimeGateway.Management;

/// <summary>How many of the connections of one push to many fared how. The default value: none was tried.</summary>
internal readonly record struct PushTally(int Queued, int Repeated, int Gone, int Limited, int Unreachable, int Unknown)
{
    /// <summary>All of them.</summary>
    public int Total => Queued + Repeated + Gone + Limited + Unreachable + Unknown;
}
