namespace RealtimeGateway.Load.Measurement;

/// <summary>What a process spent between two looks.</summary>
/// <param name="CpuMicroseconds">User and system time, all threads.</param>
/// <param name="Cores">That time over the time that passed: 1 is one core kept busy.</param>
/// <param name="CpuMicrosecondsPerMessage">That time over the messages of the window; <see langword="null"/> without messages.</param>
internal sealed record ProcessCost(double CpuMicroseconds, double Cores, double? CpuMicrosecondsPerMessage)
{
    public static ProcessCost? Between(ProcessSample? before, ProcessSample? after, long messages)
    {
        if (before is not { } first || after is not { } last)
        {
            return null;
        }

        var spent = last.CpuMicroseconds - first.CpuMicroseconds;
        var passed = System.Diagnostics.Stopwatch.GetElapsedTime(first.At, last.At).TotalMicroseconds;
        return new ProcessCost(spent, Math.Round(spent / passed, 3), messages == 0 ? null : Math.Round(spent / messages, 2));
    }
}
