namespace RealtimeGateway.Tests.Simulation;

/// <summary>The clocks of one simulated process: a monotonic one that may run a little fast or slow and stands still while the machine is suspended, and a wall clock that may be wrong and may be stepped.</summary>
/// <param name="lane">The process.</param>
/// <param name="origin">What the monotonic clock shows at virtual time zero, in ticks of 100 ns: no two machines have booted at once.</param>
/// <param name="driftPpm">How much the monotonic clock gains, in millionths.</param>
internal sealed class LaneClock(SimulationLane lane, long origin = 1, int driftPpm = 0) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>For how long the monotonic clock has stood still, in ticks.</summary>
    private long StoodStill => lane.SuspendedFor;

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan WallOffset { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lane.Loop.AssertOnLoop("The time was read");
        return origin + ToLocal(lane.Loop.Now - StoodStill);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lane.Loop.AssertOnLoop("The wall clock was read");
        return Epoch + TimeSpan.FromTicks(lane.Loop.Now) + WallOffset;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lane.Loop.AssertOnLoop("A timer was made");
        var timer = new LaneTimer(this, lane, callback, state);
        _ = timer.Change(dueTime, period);
        return timer;
    }

    private long ToLocal(long virtualTicks) => virtualTicks + (virtualTicks * driftPpm / 1_000_000);

    private long ToVirtual(TimeSpan local) => Math.Max(0, local.Ticks - (local.Ticks * driftPpm / 1_000_000));

    private sealed class LaneTimer(LaneClock clock, SimulationLane lane, TimerCallback callback, object? state) : ITimer
    {
        private int _version;
        private bool _isDisposed;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lane.Loop.AssertOnLoop("A timer was changed");
            if (_isDisposed)
            {
                return false;
            }

            _version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Arm(dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _version++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Arm(TimeSpan dueTime)
        {
            var version = _version;
            var stoodStill = clock.StoodStill;
            var due = lane.Loop.Now + clock.ToVirtual(dueTime);
            lane.Loop.Schedule(lane, due, () => Fire(version, due, stoodStill));
        }

        private void Fire(int version, long due, long stoodStill)
        {
            if (version != _version)
            {
                return;
            }

            if (clock.StoodStill is var now && now != stoodStill)
            {
                // The clock has not got there yet.
                lane.Loop.Schedule(lane, due + now - stoodStill, () => Fire(version, due + now - stoodStill, now));
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                Arm(_period);
            }

            callback(state);
        }
    }
}
