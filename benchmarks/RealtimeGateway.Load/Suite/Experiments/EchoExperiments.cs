using System.Globalization;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Suite.Results;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite.Experiments;

/// <summary>Messages that come back from the gateway itself, and connections that say nothing.</summary>
internal static class EchoExperiments
{
    private const int SteadyRate = 5_000;

    public static Experiment Echo { get; } = new(
        "echo", "Mock two-way echo",
        "128-byte JSON messages, the route read from `action`, answered by a MOCK integration or by hand. Closed loop: one message under way on each connection. "
        + "Steady: 5,000 messages/s over 100 connections, whatever the server does; latency counts from when a message was due.",
        RunEcho);

    public static Experiment Idle { get; } = new(
        "idle", "Idle connections",
        "What the resident set of a fresh server process grows by when connections open and say nothing, over their number. .NET servers collect all generations before each look, "
        + "asked by the runtime's diagnostic port; the others are looked at as they are.",
        RunIdle);

    public static Experiment Tls { get; } = new(
        "tls", "TLS",
        "The same over `wss`, TLS 1.3 by Kestrel, a certificate for ECDSA P-256.",
        RunTls);

    /// <summary>Adds what a traffic report says of CPU, rate and latency.</summary>
    public static void Record(ExperimentResult result, string row, Subject subject, LoadReport report, double? x = null, bool withRate = true)
    {
        result.Add(row, Metric.Cpu, "µs", subject.Name, report.Traffic?.Server?.CpuMicrosecondsPerMessage, x);
        if (withRate)
        {
            result.Add(row, Metric.Rate, "per second", subject.Name, report.Traffic?.MessagesPerSecond, x);
        }

        result.Add(row, Metric.P50, "µs", subject.Name, report.Traffic?.Latency?.P50, x);
        result.Add(row, Metric.P99, "µs", subject.Name, report.Traffic?.Latency?.P99, x);
    }

    private static void RunEcho(Bench bench)
    {
        IEnumerable<Func<Subject?>> starts =
        [
            .. bench.Gateways.Builds.Select(build => (Func<Subject?>)(() => build(new GatewaySettings()))),
            () => bench.Floors.Start(),
            () => bench.Floors.Start(isInline: true),
            () => bench.OrRemark(bench.Peers.StartNodeWs(), Peers.NodeWsName),
            () => bench.OrRemark(bench.Peers.StartServerlessOffline(), Peers.ServerlessOfflineName),
        ];
        bench.With(starts, subjects =>
        {
            // The emulator for developers mixes up messages that come at the same time, so it can take part with one connection only.
            Subject[] serious = [.. subjects.Where(static subject => subject.Name != Peers.ServerlessOfflineName)];
            foreach (var subject in subjects)
            {
                bench.WarmUp("echo", subject, serious.Contains(subject) ? 100 : 1);
            }

            bench.Interleave(subjects, subject => Record(bench.Result, Closed(1), subject, bench.Traffic("echo", subject, 1)));
            bench.Interleave(serious, subject => Record(bench.Result, Closed(100), subject, bench.Traffic("echo", subject, 100)));
            bench.Interleave(serious, subject => Record(bench.Result, Closed(1_000), subject, bench.Traffic("echo", subject, 1_000)));
            bench.Interleave(serious, subject =>
                Record(bench.Result, Steady, subject, bench.Traffic("echo", subject, 100, "-r", Bench.Text(SteadyRate)), withRate: false));
        });
        foreach (var connections in new[] { 100, 1_000 })
        {
            bench.Result.Goals.Add(new Goal(
                $"mock echo, CPU/message, {Number(connections)} connections closed loop", Closed(connections), Metric.Cpu, Gateways.Name, Floors.Name, 1.15, 0.90));
        }

        bench.Result.Goals.Add(new Goal("mock echo, CPU/message at 5,000 messages/s", Steady, Metric.Cpu, Gateways.Name, Floors.Name, 0.40, 0.15));
        bench.Result.Goals.Add(new Goal("mock echo, p50 at 5,000 messages/s", Steady, Metric.P50, Gateways.Name, Floors.Name, 1.1, 0.9));
        bench.Result.Goals.Add(new Goal("mock echo, p99 at 5,000 messages/s", Steady, Metric.P99, Gateways.Name, Floors.Name, 1.1, 0.9));
        bench.Result.Charts.Add(new Chart("echo-cpu", "Mock two-way echo: processor time of the server", Metric.Cpu));
    }

    private static void RunIdle(Bench bench)
    {
        var connections = bench.Options.IsQuick ? 2_000 : 10_000;
        var row = $"{Number(connections)} connections";
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            foreach (var build in bench.Gateways.Builds)
            {
                MeasureIdle(bench, row, connections, () => build(new GatewaySettings()));
            }

            MeasureIdle(bench, row, connections, () => bench.Floors.Start());
            MeasureIdle(bench, row, connections, () => bench.OrRemark(bench.Peers.StartNodeWs(), Peers.NodeWsName), isDotNet: false);
            MeasureIdle(bench, row, connections, () => bench.OrRemark(bench.Peers.StartNchan(), Peers.NchanName), isDotNet: false);
        }

        bench.Result.Goals.Add(new Goal(
            $"idle RSS per connection at {Number(connections)}, after GC", row, Metric.IdleBytes, Gateways.Name, Floors.Name, 0.80, 0.50));
        bench.Result.Charts.Add(new Chart("idle", "Memory per idle connection", Metric.IdleBytes));
    }

    private static void RunTls(Bench bench)
    {
        var certificate = bench.NewCertificate();
        IEnumerable<Func<Subject?>> starts =
        [
            .. bench.Gateways.Builds.Select(build => (Func<Subject?>)(() => build(new GatewaySettings { Certificate = certificate }))),
            () => bench.Floors.Start(certificate: certificate),
        ];
        bench.With(starts, subjects =>
        {
            foreach (var subject in subjects)
            {
                bench.WarmUp("echo", subject, 100);
            }

            bench.Interleave(subjects, subject => Record(bench.Result, Closed(100), subject, bench.Traffic("echo", subject, 100)));
            bench.Interleave(subjects, subject =>
                Record(bench.Result, Steady, subject, bench.Traffic("echo", subject, 100, "-r", Bench.Text(SteadyRate)), withRate: false));
        });
        var connections = bench.Options.IsQuick ? 500 : 5_000;
        var row = $"{Number(connections)} idle connections";
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            foreach (var start in starts)
            {
                MeasureIdle(bench, row, connections, start);
            }
        }
    }

    /// <summary>A fresh process each time: memory that earlier traffic left behind is none of the connections'.</summary>
    public static void MeasureIdle(Bench bench, string row, int connections, Func<Subject?> start, bool isDotNet = true, double? x = null) =>
        bench.With([start], subjects =>
        {
            foreach (var subject in subjects)
            {
                var settle = bench.Options.IsQuick ? "1" : "3";
                var report = bench.Load("idle", subject, ["-n", Bench.Text(connections), "-d", "1", "--settle", settle, .. isDotNet ? new[] { "--gc" } : []]);
                bench.Result.Add(row, Metric.IdleBytes, "bytes", subject.Name, report.Idle is [{ } wave] ? wave.BytesPerConnection : null, x);
                bench.Result.Add(row, Metric.Baseline, "MiB", subject.Name, report.Idle is [{ } first] ? first.ResidentBefore / 1048576.0 : null, x);
            }
        });

    private static string Steady => $"{Number(SteadyRate)} messages/s";

    private static string Closed(int connections) => connections == 1 ? "1 connection, closed loop" : $"{Number(connections)} connections, closed loop";

    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
