namespace RealtimeGateway.Tests.Simulation;

/// <summary>What befalls a fleet in one run: none to four faults, at times and on nodes that the seed chooses.</summary>
internal sealed class FaultPlan(SimulatedFleet fleet, Random random)
{
    private const long Second = TimeSpan.TicksPerSecond;
    private const int SeedsPerSuspension = 5;
    private readonly List<SimulatedNode> _impaired = [];
    private bool _isBackplaneBusy;

    private enum Fault
    {
        Crash,
        CrashAndRestart,
        CrashAll,
        Leave,
        ShortFreeze,
        LongFreeze,
        ShortCut,
        LongCut,
        Restart,
        RestartEmpty,
        Flush,
        Failover,
        Pause,
        ClockStep,
        Join,
    }

    /// <summary>Chooses the faults of the run.</summary>
    public void Plan(long from, long to)
    {
        for (var left = random.Next(5); left > 0; left--)
        {
            var fault = (Fault)random.Next((int)Fault.Join + 1);
            fleet.Loop.Schedule(fleet.World, random.NextInt64(from, to), () => Strike(fault));
        }

        // Chance of its own: the other seeds stay what they were.
        var chance = new Random(~fleet.Seed);
        if (chance.Next(SeedsPerSuspension) == 0)
        {
            fleet.Loop.Schedule(fleet.World, chance.NextInt64(from, to), () => Suspend(chance));
        }
    }

    /// <summary>Ends every fault that is not over.</summary>
    public void HealAll()
    {
        foreach (var node in _impaired.ToArray())
        {
            End(node);
        }
    }

    private void Strike(Fault fault)
    {
        switch (fault)
        {
            case Fault.Restart or Fault.RestartEmpty or Fault.Flush or Fault.Failover or Fault.Pause:
                if (!_isBackplaneBusy)
                {
                    StrikeBackplane(fault);
                }

                break;
            case Fault.Join:
                fleet.StartNode();
                break;
            case Fault.CrashAll:
                CrashAll();
                break;
            default:
                if (Pick() is { } node)
                {
                    Strike(fault, node);
                }

                break;
        }
    }

    /// <summary>A node that is well; only one that leaves another.</summary>
    private SimulatedNode? Pick()
    {
        var well = fleet.Serving.FindAll(static node => !node.IsImpaired);
        return well.Count > 1 ? well[random.Next(well.Count)] : null;
    }

    private void Strike(Fault fault, SimulatedNode node)
    {
        switch (fault)
        {
            case Fault.Crash:
                node.Crash();
                break;
            case Fault.CrashAndRestart:
                node.Crash();
                fleet.Loop.Schedule(fleet.World, fleet.Loop.Now + random.NextInt64(5 * Second), fleet.StartNode);
                break;
            case Fault.Leave:
                node.Leave();
                break;
            case Fault.ClockStep:
                node.Clock.WallOffset += TimeSpan.FromHours(random.Next(2) == 0 ? 1 : -1);
                fleet.History.Add(fleet.Loop.Now, HistoryKind.ClockStepped, node.Number);
                break;
            case Fault.ShortFreeze or Fault.LongFreeze:
                _impaired.Add(node);
                node.Freeze();
                EndAfter(node, fault == Fault.ShortFreeze ? random.NextInt64(4 * Second) : random.NextInt64(5 * Second, 20 * Second));
                break;
            default:
                _impaired.Add(node);
                node.Cut();
                EndAfter(node, fault == Fault.ShortCut ? random.NextInt64(4 * Second) : random.NextInt64(5 * Second, 20 * Second));
                break;
        }
    }

    /// <summary>Mostly too short for others to notice.</summary>
    private void Suspend(Random chance)
    {
        var well = fleet.Serving.FindAll(static node => !node.IsImpaired);
        if (well.Count > 1)
        {
            var node = well[chance.Next(well.Count)];
            _impaired.Add(node);
            node.Suspend();
            EndAfter(node, chance.Next(3) == 0 ? chance.NextInt64(5 * Second, 20 * Second) : chance.NextInt64(2 * Second, 5 * Second));
        }
    }

    private void EndAfter(SimulatedNode node, long time) => fleet.Loop.Schedule(fleet.World, fleet.Loop.Now + time, () => End(node));

    private void End(SimulatedNode node)
    {
        if (!_impaired.Remove(node))
        {
            return;
        }

        if (node.Lane.IsFrozen)
        {
            node.Thaw();
        }
        else
        {
            node.Heal();
        }
    }

    private void CrashAll()
    {
        foreach (var node in fleet.Serving)
        {
            _impaired.Remove(node);
            node.Crash();
        }

        fleet.Loop.Schedule(fleet.World, fleet.Loop.Now + random.NextInt64(3 * Second), fleet.StartNode);
        fleet.Loop.Schedule(fleet.World, fleet.Loop.Now + random.NextInt64(6 * Second), fleet.StartNode);
    }

    private void StrikeBackplane(Fault fault)
    {
        var redis = fleet.Redis;
        _isBackplaneBusy = true;
        switch (fault)
        {
            case Fault.Restart or Fault.RestartEmpty:
                redis.GoAway(HistoryReasons.Restart);
                After(random.NextInt64(200 * TimeSpan.TicksPerMillisecond, 12 * Second), () => redis.ComeBack(keepsContent: fault == Fault.Restart));
                break;
            case Fault.Flush:
                redis.Flush();
                _isBackplaneBusy = false;
                break;
            case Fault.Failover:
                redis.BeginReplicaLag();
                var lag = random.NextInt64(random.Next(2) == 0 ? Second : 9 * Second);
                After(lag, () =>
                {
                    redis.GoAway(HistoryReasons.Failover);
                    _isBackplaneBusy = true;
                    After(random.NextInt64(100 * TimeSpan.TicksPerMillisecond, 4 * Second), redis.PromoteReplica);
                });
                break;
            default:
                redis.Pause();
                After(random.NextInt64(8 * Second), redis.Resume);
                break;
        }
    }

    private void After(long time, Action action) => fleet.Loop.Schedule(fleet.World, fleet.Loop.Now + time, () =>
    {
        _isBackplaneBusy = false;
        action();
    });
}
