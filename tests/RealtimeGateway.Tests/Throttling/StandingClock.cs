namespace RealtimeGateway.Tests.Throttling;

/// <summary>A clock that stands still and, unlike a fake one, takes no lock, so that threads meet in what is tested and not in the clock.</summary>
internal sealed class StandingClock : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => 0;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    /// <summary>Runs an attempt this often on each of two threads, which start together; how often it succeeded in all.</summary>
    public static async Task<int> CountOnTwoThreadsAsync(int attempts, Func<bool> attempt)
    {
        using var start = new Barrier(2);
        var counts = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                var granted = 0;
                for (var i = 0; i < attempts; i++)
                {
                    granted += attempt() ? 1 : 0;
                }

                return granted;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return counts.Sum();
    }
}
