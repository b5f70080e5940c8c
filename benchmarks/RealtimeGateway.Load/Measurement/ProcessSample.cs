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

    /// <summary>Looks at processes and adds them up. <see langword="null"/> when there are none, or one is gone or not ours to look at.</summary>
    /// <param name="processIds">The processes; children count only when they are named themselves.</param>
    /// <param name="withMemory">Also read the resident set and count the descriptors, which takes long enough to stay out of a measured window.</param>
    public static ProcessSample? TryTake(IReadOnlyList<int> processIds, bool withMemory)
    {
        ProcessSample? total = null;
        foreach (var id in processIds)
        {
            if (TryTake(id, withMemory) is not { } one)
            {
                return null;
            }

            total = total is not { } sum ? one : new ProcessSample(
                one.At, sum.CpuMicroseconds + one.CpuMicroseconds, sum.ResidentBytes + one.ResidentBytes, sum.Descriptors + one.Descriptors,
                sum.Threads + one.Threads);
        }

        return total;
    }

    /// <summary>Looks at one process. <see langword="null"/> when it is gone or not ours to look at.</summary>
    public static ProcessSample? TryTake(int processId, bool withMemory)
    {
        try
        {
            var directory = $"/proc/{processId}";
            var (cpu, threads) = ParseStat(File.ReadAllText($"{directory}/stat"));
            var resident = withMemory ? Resident(directory) : 0;
            var descriptors = withMemory ? Directory.GetFileSystemEntries($"{directory}/fd").Length : 0;
            return new ProcessSample(Stopwatch.GetTimestamp(), cpu, resident, descriptors, threads);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>User and system time in microseconds, and the number of threads, out of <c>/proc/PID/stat</c> (proc_pid_stat(5), fields 14, 15 and 20).</summary>
    public static (double CpuMicroseconds, int Threads) ParseStat(string stat)
    {
        // The second field is the name in parentheses and may hold anything, so count from the last one: field 3 follows it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return (ticks * MicrosecondsPerTick, int.Parse(fields[17], CultureInfo.InvariantCulture));
    }

    /// <summary>The parent of a process; 0 when it is gone.</summary>
    public static int ParentOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
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
