using System.Diagnostics;
using System.Globalization;

namespace RealtimeGateway.Load.Measurement;

/// <summary>What /proc says of a process at one moment (proc(5)).</summary>
/// <param name="At">The <see cref="Stopwatch"/> timestamp of the look.</param>
/// <param name="CpuMicroseconds">User and system time of all its threads, dead ones too, since it began; in steps of a clock tick.</param>
/// <param name="ResidentBytes">Resident set.</param>
/// <param name="Descriptors">Open file descriptors.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct ProcessSample(long At, double CpuMicroseconds, long ResidentBytes, int Descriptors, int Threads)
{
    // USER_HZ is 100 on every architecture that .NET runs on.
    private const double MicrosecondsPerTick = 10_000;

    /// <summary>Looks at a process. <see langword="null"/> when it is gone or not ours to look at.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="withMemory">Also read the resident set and count the descriptors, which takes long enough to stay out of a measured window.</param>
    public static ProcessSample? TryTake(int processId, bool withMemory)
    {
        try
        {
            var directory = $"/proc/{processId}";
            var stat = File.ReadAllText($"{directory}/stat");
            // The second field is the name in parentheses and may hold anything, so count from the last one: field 3 follows it.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            var threads = int.Parse(fields[17], CultureInfo.InvariantCulture);
            var resident = withMemory ? Resident(directory) : 0;
            var descriptors = withMemory ? Directory.GetFileSystemEntries($"{directory}/fd").Length : 0;
            return new ProcessSample(Stopwatch.GetTimestamp(), ticks * MicrosecondsPerTick, resident, descriptors, threads);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Resident(string directory)
    {
        // Exact, while the figure in status lags behind by what each thread has not added up yet.
        foreach (var line in File.ReadLines($"{directory}/smaps_rollup"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                return 1024 * long.Parse(line.AsSpan(4).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
