using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Suite.Results;

namespace RealtimeGateway.Tests.Performance;

/// <summary>Figures that would be wrong without anybody noticing.</summary>
public sealed class MeasurementTests
{
    [Theory]
    [InlineData(0.5, 500_000)]
    [InlineData(0.99, 990_000)]
    [InlineData(1.0, 1_000_000)]
    public void Percentile_OfEvenlySpreadValues_IsWithinABucketOfTheRank(double fraction, long expected)
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 1_000; i++)
        {
            histogram.Record(i * 1_000);
        }

        Assert.InRange(histogram.Percentile(fraction), expected, expected * 1.008);
    }

    [Fact]
    public void Percentile_OfOneOutlierInAHundred_IsSeenFromThere()
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 99; i++)
        {
            histogram.Record(100);
        }

        histogram.Record(50_000_000);

        Assert.Equal(100, histogram.Percentile(0.99));
        Assert.Equal(50_000_000, histogram.Percentile(0.995));
    }

    [Fact]
    public void ParseStat_NameWithParenthesesAndSpaces_CountsFieldsAfterIt()
    {
        // proc_pid_stat(5): 14 is utime, 15 stime, 16 and 17 those of children, 20 the threads.
        const string Stat = "42 (a) b (c d) S 7 42 42 0 -1 4194560 100 0 0 0 1234 56 9999 9999 20 0 17 0 5000 1000000 300";

        var (cpu, threads) = ProcessSample.ParseStat(Stat);

        Assert.Equal((1234 + 56) * 10_000, cpu);
        Assert.Equal(17, threads);
    }

    [Fact]
    public void TryTake_TwoProcesses_AddsThemUp()
    {
        var self = Environment.ProcessId;

        var one = ProcessSample.TryTake([self], withMemory: true)!.Value;
        var two = ProcessSample.TryTake([self, self], withMemory: true)!.Value;

        Assert.True(two.CpuMicroseconds >= 2 * one.CpuMicroseconds);
        Assert.InRange(two.ResidentBytes, one.ResidentBytes * 3 / 2, one.ResidentBytes * 4);
        Assert.Null(ProcessSample.TryTake([], withMemory: false));
    }

    [Theory]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 30.0 }, 3.0)]
    [InlineData(new[] { 5.0 }, 5.0)]
    public void Of_UnsortedValues_HasMedianAndEnds(double[] values, double median)
    {
        var spread = Spread.Of(values);

        Assert.Equal(median, spread.Median);
        Assert.Equal(values.Min(), spread.Min);
        Assert.Equal(values.Max(), spread.Max);
    }
}
