namespace RealtimeGateway.Cluster;

/// <summary>Monotonic milliseconds of this process. They mean nothing to another, but differences of them do.</summary>
internal readonly struct BusClock(TimeProvider time)
{
    /// <summary>Now.</summary>
    public long Now
    {
        get
        {
            // In whole numbers: a timestamp may have more digits than a double.
            var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
            return (seconds * 1000) + (rest * 1000 / time.TimestampFrequency);
        }
    }
}
