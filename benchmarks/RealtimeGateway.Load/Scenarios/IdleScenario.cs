using System.Diagnostics;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Sockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>Opens N connections that say nothing and looks at what the server holds for them; with <c>--kill</c>, at what it holds when they are gone.</summary>
internal sealed class IdleScenario(EventLoop loop, Fleet fleet, LoadOptions options, IdleOptions idle)
{
    /// <summary>How many descriptors the server may have more than before and still count as clean: log files, a pooled back-end connection.</summary>
    private const int DescriptorSlack = 16;

    /// <summary>What the first collection finds finalizable is only free for the second. More give no more memory back, measured up to 40.</summary>
    private const int Collections = 2;

    public IEnumerable<IdleWave> Run(Action<ConnectionReport> opened, CancellationToken stop)
    {
        if (idle.Prime > 0)
        {
            fleet.OpenAll(Math.Min(idle.Prime, options.Connections), stop);
            fleet.CloseAll(TimeSpan.FromSeconds(5));
        }

        for (var wave = 0; wave < idle.Waves && !stop.IsCancellationRequested; wave++)
        {
            yield return RunWave(opened, stop);
        }
    }

    private IdleWave RunWave(Action<ConnectionReport> opened, CancellationToken stop)
    {
        Rest(idle.Settle, stop);
        var before = Look();
        opened(fleet.OpenAll(options.Connections, stop));
        Rest(idle.Settle, stop);
        var cpuFrom = Look();
        Rest(options.Duration, stop);
        var during = Look();
        var open = fleet.OpenCount;
        if (!idle.Kill)
        {
            fleet.CloseAll(TimeSpan.FromSeconds(5));
            return IdleWave.Of(open, before, cpuFrom, during, null, null, DescriptorSlack);
        }

        var killed = Stopwatch.GetTimestamp();
        fleet.ResetAll();
        var letGo = AwaitDescriptors(before, killed, stop);
        Rest(idle.Settle, stop);
        return IdleWave.Of(open, before, cpuFrom, during, Look(), letGo, DescriptorSlack);
    }

    /// <summary>The seconds from the kill until the server's descriptors were back; <see langword="null"/> when they never were.</summary>
    private double? AwaitDescriptors(ProcessSample? before, long killed, CancellationToken stop)
    {
        var deadline = Clock.In(TimeSpan.FromSeconds(30));
        while (before is { } baseline && !stop.IsCancellationRequested && Stopwatch.GetTimestamp() < deadline)
        {
            if (ProcessSample.TryTake(options.ServerProcessIds, withMemory: true) is { } now && now.Descriptors <= baseline.Descriptors + DescriptorSlack)
            {
                return Math.Round(Stopwatch.GetElapsedTime(killed).TotalSeconds, 2);
            }

            Rest(TimeSpan.FromMilliseconds(50), stop);
        }

        return null;
    }

    private void Rest(TimeSpan duration, CancellationToken stop)
    {
        var until = Clock.In(duration);
        while (!stop.IsCancellationRequested && Stopwatch.GetTimestamp() < until)
        {
            // Pings are answered here; an idle client is not a deaf one.
            loop.Wait(Math.Min(until, Clock.In(TimeSpan.FromMilliseconds(100))));
        }
    }

    private ProcessSample? Look()
    {
        if (idle.Collect)
        {
            for (var i = 0; i < Collections; i++)
            {
                foreach (var id in options.ServerProcessIds)
                {
                    DiagnosticPort.Collect(id);
                }
            }
        }

        return ProcessSample.TryTake(options.ServerProcessIds, withMemory: true);
    }
}
