using System.Numerics;

namespace RealtimeGateway.Load.Measurement;

/// <summary>
/// Counts durations in buckets whose width grows with the value: 128 to each power of two, so a percentile is exact to 0.8 %. Recording
/// is a shift and an increment, and the size does not depend on how much is recorded.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits) * SubCount];
    private long _sum;

    public long Count { get; private set; }

    /// <summary>The largest value recorded, exact, in nanoseconds.</summary>
    public long Max { get; private set; }

    /// <summary>Records a duration in nanoseconds; less than 0 counts as 0.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        _counts[IndexOf(nanoseconds)]++;
        _sum += nanoseconds;
        Count++;
        Max = Math.Max(Max, nanoseconds);
    }

    /// <summary>The value that <paramref name="fraction"/> of the recorded ones do not exceed, in nanoseconds; 0 when there are none.</summary>
    public long Percentile(double fraction)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(Max, HighestOf(i));
            }
        }

        return 0;
    }

    /// <summary>The usual percentiles in microseconds; <see langword="null"/> when nothing was recorded.</summary>
    public LatencySummary? Summarize() => Count == 0
        ? null
        : new LatencySummary(
            Count, Microseconds(_sum / Count), Microseconds(Percentile(0.5)), Microseconds(Percentile(0.9)), Microseconds(Percentile(0.99)),
            Microseconds(Percentile(0.999)), Microseconds(Max));

    private static double Microseconds(long nanoseconds) => Math.Round(nanoseconds / 1000.0, 1);

    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits);
        // Below 2 × SubCount the value is its own index; above, each octave adds SubCount buckets.
        return (shift * SubCount) + (int)(value >> shift);
    }

    private static long HighestOf(int index)
    {
        if (index < 2 * SubCount)
        {
            return index;
        }

        var shift = (index / SubCount) - 1;
        return ((long)(index - (shift * SubCount) + 1) << shift) - 1;
    }
}
