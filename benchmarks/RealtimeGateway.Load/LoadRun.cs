using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Scenarios;
using RealtimeGateway.Load.Sockets;

namespace RealtimeGateway.Load;

/// <summary>One run: checks that it may and can be done, does it, reports, and says with the exit code how it went.</summary>
internal sealed class LoadRun(LoadOptions options, CancellationToken stop)
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly Tally _errors = new();

    public int Echo(TrafficOptions traffic)
    {
        DescriptorLimit.Require(options.Connections);
        using var loop = new EventLoop();
        var fleet = NewFleet(loop);
        var connections = fleet.OpenAll(options.Connections, stop);
        TrafficReport? result = null;
        if (fleet.OpenCount > 0)
        {
            TrafficScenario scenario = traffic.Rate is { } rate
                ? new OpenEchoScenario(loop, fleet, options, traffic, rate, _errors)
                : new ClosedEchoScenario(loop, fleet, options, traffic, _errors);
            fleet.Sink = scenario;
            result = scenario.Run(stop);
        }

        fleet.CloseAll(ClosePatience);
        return Report("echo", connections, traffic, result, []);
    }

    public int Push(TrafficOptions traffic, PushOptions push)
    {
        if (!traffic.Template.HasStamp)
        {
            throw new RefusedException("The template needs a {stamp}: the receipt is recognised by it.");
        }

        DescriptorLimit.Require(options.Connections + push.InFlight);
        var callback = Target.Resolve(push.Callback, push.InFlight, options.AllowRemote, options.AcceptAnyCertificate);
        using var loop = new EventLoop();
        var fleet = NewFleet(loop);
        var exchange = new IdExchange(loop, push.Hello, push.IdMember, _errors);
        fleet.Sink = exchange;
        var connections = fleet.OpenAll(options.Connections, stop);
        exchange.Finish(options.ConnectTimeout, stop);
        TrafficReport? result = null;
        if (exchange.Ids.Count > 0)
        {
            var scenario = new PushScenario(loop, exchange.Ids.Values, callback, options, traffic, push, _errors);
            fleet.Sink = scenario;
            result = scenario.Run(stop);
        }

        fleet.CloseAll(ClosePatience);
        return Report("push", connections, traffic, result, []);
    }

    public int FanOut(TrafficOptions traffic, Uri post, string? hello, string idMember)
    {
        if (!traffic.Template.HasStamp)
        {
            throw new RefusedException("The template needs a {stamp}: the receipt is recognised by it.");
        }

        DescriptorLimit.Require(options.Connections + 1);
        var target = Target.Resolve(post, 1, options.AllowRemote, options.AcceptAnyCertificate);
        using var loop = new EventLoop();
        var fleet = NewFleet(loop);
        var exchange = hello is null ? null : new IdExchange(loop, hello, idMember, _errors);
        fleet.Sink = exchange;
        var connections = fleet.OpenAll(options.Connections, stop);
        exchange?.Finish(options.ConnectTimeout, stop);
        TrafficReport? result = null;
        if (fleet.OpenCount > 0)
        {
            var body = new FanOutBody(traffic.Template, exchange is null ? null : [.. exchange.Ids.Values]);
            var scenario = new FanOutScenario(loop, fleet, target, body, options, traffic, _errors);
            fleet.Sink = scenario;
            result = scenario.Run(stop);
        }

        fleet.CloseAll(ClosePatience);
        return Report("fanout", connections, traffic, result, []);
    }

    public int Idle(IdleOptions idle)
    {
        DescriptorLimit.Require(options.Connections);
        using var loop = new EventLoop();
        var fleet = NewFleet(loop);
        var connections = new ConnectionReport(options.Connections, 0, 1, 0, null);
        IdleWave[] waves = [.. new IdleScenario(loop, fleet, options, idle).Run(opened => connections = opened, stop)];
        fleet.ResetAll();
        var code = Report("idle", connections, null, null, waves);
        return Array.Exists(waves, static w => w.IsClean == false) ? ExitCode.Errors : code;
    }

    private Fleet NewFleet(EventLoop loop) => new(
        loop,
        Target.Resolve(options.Url, options.Connections, options.AllowRemote, options.AcceptAnyCertificate, options.MinSources),
        options,
        _errors);

    private int Report(string scenario, ConnectionReport connections, TrafficOptions? traffic, TrafficReport? result, IReadOnlyList<IdleWave> waves)
    {
        var report = new LoadReport
        {
            Scenario = scenario,
            Url = options.Url,
            IsPartial = stop.IsCancellationRequested,
            PayloadBytes = traffic?.Template.PayloadBytes,
            Rate = traffic?.Rate,
            Connections = connections,
            Traffic = result,
            Idle = waves,
            Errors = _errors.Counts,
            Warnings = [.. Doubts(result)],
        };
        new ReportTable(Console.Out).Write(report);
        if (options.JsonFile is { } file)
        {
            ReportJson.Write(report, file);
        }

        return _errors.Counts.Count == 0 ? ExitCode.Success : ExitCode.Errors;
    }

    private static IEnumerable<string> Doubts(TrafficReport? traffic)
    {
        if (traffic?.Client.Cores > 0.85)
        {
            yield return "the client's thread was busy nearly all the time: throughput and latency are as much its own as the server's";
        }

        if (traffic?.SendDelay is { P99: var late } && late > traffic.Latency?.P99 / 4)
        {
            yield return "a good part of the slowest latency is the client's own lateness (see 'sent late by'): the schedule asks for more than it, or the machine, can do";
        }
    }
}
