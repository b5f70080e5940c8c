namespace RealtimeGateway.Authorization;

/// <summary>Durations as access logs and events show them.</summary>
internal static class Elapsed
{
    /// <summary>Whole milliseconds since a <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public static long MillisecondsSince(this TimeProvider time, long started) => (long)time.GetElapsedTime(started).TotalMilliseconds;
}
