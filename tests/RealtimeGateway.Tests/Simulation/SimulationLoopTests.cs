namespace RealtimeGateway.Tests.Simulation;

public sealed class SimulationLoopTests
{
    private readonly SimulationLoop _loop = new(7);

    [Fact]
    public void RunUntil_Timers_FireInVirtualTime()
    {
        var lane = new SimulationLane(_loop, "a");
        var clock = new LaneClock(lane);
        var seen = new List<long>();
        lane.Start(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), clock);
            seen.Add(_loop.Now / TimeSpan.TicksPerMillisecond);
            await Task.Delay(TimeSpan.FromHours(1), clock);
            seen.Add(_loop.Now / TimeSpan.TicksPerMillisecond);
        });

        _loop.RunUntil(2 * TimeSpan.TicksPerHour);

        Assert.Equal([2_000, 3_602_000], seen);
        Assert.Equal(2 * TimeSpan.TicksPerHour, _loop.Now);
    }

    [Fact]
    public void RunUntil_SameSeed_RunsContinuationsInTheSameOrder()
    {
        Assert.Equal(Order(5), Order(5));
        Assert.Contains(Enumerable.Range(6, 20), seed => !Order(seed).SequenceEqual(Order(5)));

        static List<int> Order(int seed)
        {
            var loop = new SimulationLoop(seed);
            var lane = new SimulationLane(loop, "a");
            var order = new List<int>();
            for (var i = 0; i < 10; i++)
            {
                var number = i;
                lane.Start(async () =>
                {
                    await Task.Yield();
                    order.Add(number);
                });
            }

            loop.RunUntil(TimeSpan.TicksPerSecond);
            return order;
        }
    }

    [Fact]
    public void Freeze_HoldsEverything_UntilThaw()
    {
        var lane = new SimulationLane(_loop, "a");
        var clock = new LaneClock(lane);
        var fired = 0L;
        lane.Start(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), clock);
            fired = _loop.Now;
        });

        lane.Freeze();
        _loop.RunUntil(5 * TimeSpan.TicksPerSecond);
        Assert.Equal(0, fired);

        lane.Thaw();
        _loop.RunUntil(7 * TimeSpan.TicksPerSecond);
        Assert.Equal(6 * TimeSpan.TicksPerSecond, fired / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public void Kill_NothingRunsAnyMore()
    {
        var lane = new SimulationLane(_loop, "a");
        var clock = new LaneClock(lane);
        var ticks = 0;
        using var timer = clock.CreateTimer(_ => ticks++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _loop.RunUntil((3 * TimeSpan.TicksPerSecond) + 1);
        lane.Kill();
        _loop.RunUntil(9 * TimeSpan.TicksPerSecond);

        Assert.Equal(3, ticks);
    }

    [Fact]
    public void LaneClock_ThatGains_FiresEarlyByTrueTime()
    {
        var lane = new SimulationLane(_loop, "a");
        var clock = new LaneClock(lane, origin: 500, driftPpm: 1000);
        var at = 0L;
        using var timer = clock.CreateTimer(_ => at = _loop.Now, null, TimeSpan.FromSeconds(1000), Timeout.InfiniteTimeSpan);

        _loop.RunUntil(2000 * TimeSpan.TicksPerSecond);

        Assert.Equal(999 * TimeSpan.TicksPerSecond, at);
        Assert.Equal(500 + (2002 * TimeSpan.TicksPerSecond), clock.GetTimestamp());
    }

    [Fact]
    public void RunUntil_WorkHandedToTheThreadPool_Fails()
    {
        using var watch = new EscapeWatch();
        var lane = new SimulationLane(_loop, "a");
        lane.Start(() => Task.Run(static () => { }));

        var failure = Assert.Throws<SimulationException>(() => _loop.RunUntil(TimeSpan.TicksPerSecond));

        Assert.Contains("thread pool", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunUntil_ContinuationWithoutContext_Fails()
    {
        using var watch = new EscapeWatch();
        var lane = new SimulationLane(_loop, "a");
        var clock = new LaneClock(lane);
        lane.Start(async () => await Task.Delay(TimeSpan.FromSeconds(1), clock).ConfigureAwait(false));

        Assert.Throws<SimulationException>(() => _loop.RunUntil(2 * TimeSpan.TicksPerSecond));
    }

    [Fact]
    public void GetTimestamp_OnAnotherThread_FailsTheRun()
    {
        var clock = new LaneClock(new SimulationLane(_loop, "a"));
        var thread = new Thread(() => Assert.Throws<SimulationException>(() => clock.GetTimestamp()));
        thread.Start();
        thread.Join();

        _loop.Schedule(new SimulationLane(_loop, "b"), 0, static () => { });
        Assert.Throws<SimulationException>(() => _loop.RunUntil(1));
    }

    [Fact]
    public void RunUntil_WorkThatThrows_Fails()
    {
        var lane = new SimulationLane(_loop, "a");
        lane.Start(static () => throw new InvalidOperationException("a bug"));

        var failure = Assert.Throws<SimulationException>(() => _loop.RunUntil(1));

        Assert.Contains("a bug", failure.Message, StringComparison.Ordinal);
    }
}
