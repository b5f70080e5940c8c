namespace RealtimeGateway.Cluster;

/// <summary>Monotonic milliseconds of this process. They mean nothing to another, but differences of them do.</summary>
internal readonly struct BusClock(TimeProvider time)
{
    /// <summary>Now.</summary>
    public long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;
}
