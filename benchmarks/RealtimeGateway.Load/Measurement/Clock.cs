using System.Diagnostics;

namespace RealtimeGateway.Load.Measurement;

/// <summary>
/// Monotonic time in <see cref="Stopwatch"/> ticks. On Linux a tick is a nanosecond, and histograms and stamps count on it.
/// </summary>
internal static class Clock
{
    public static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    public static long In(TimeSpan duration) => Stopwatch.GetTimestamp() + Ticks(duration);
}
