using RealtimeGateway.Load.Suite.Results;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite.Experiments;

/// <summary>What grows, and how fast, when there is more of something.</summary>
internal static class GrowthExperiments
{
    private const int Rate = 5_000;
    private const int Rounds = 3;

    public static Experiment Connections { get; } = new(
        "growth-connections", "Growth: connections",
        "Processor time of 5,000 mock echoes a second over all connections, and memory of each when all are idle (fresh processes, after a full collection).",
        RunConnections,
        Rounds);

    public static Experiment Routes { get; } = new(
        "growth-routes", "Growth: routes", "Mock echo, 100 connections, closed loop, with routes that nobody calls beside the one in use.",
        bench => RunConfigurations(bench, "routes", bench.Options.IsQuick ? [1, 300] : [1, 10, 30, 100, 300], static count => new GatewaySettings { SpareRoutes = count - 1 }),
        Rounds);

    public static Experiment Apis { get; } = new(
        "growth-apis", "Growth: APIs", "Mock echo, 100 connections, closed loop, with APIs that nobody calls beside the one in use; and the memory of a gateway without connections.",
        bench => RunConfigurations(bench, "APIs", bench.Options.IsQuick ? [1, 100] : [1, 10, 30, 100], static count => new GatewaySettings { Apis = count }),
        Rounds);

    public static Experiment Sizes { get; } = new(
        "growth-sizes", "Growth: message size", "Mock echo, 100 connections, closed loop; messages over 32 KiB go in frames of 32 KiB.",
        RunSizes,
        Rounds);

    public static Experiment Nodes { get; } = new(
        "growth-nodes", "Growth: nodes",
        "Nodes and Redis on this machine. Clients are at the first node; POSTs go to the last, 64 at a time. CPU is that of all nodes and Redis.",
        RunNodes,
        Rounds);

    private static void RunConnections(Bench bench)
    {
        int[] counts = bench.Options.IsQuick ? [1_000, 4_000] : [1_000, 2_000, 4_000, 8_000, 16_000];
        bench.With(Both(bench, new GatewaySettings()), subjects =>
        {
            foreach (var subject in subjects)
            {
                bench.WarmUp("echo", subject, 1_000, "-r", Bench.Text(Rate));
            }

            foreach (var count in counts)
            {
                bench.Interleave(subjects, subject => EchoExperiments.Record(
                    bench.Result, Row(count, "connections"), subject, bench.Traffic("echo", subject, count, "-r", Bench.Text(Rate)), count, withRate: false));
            }
        });
        foreach (var count in counts)
        {
            for (var round = 0; round < bench.Options.Rounds; round++)
            {
                foreach (var start in Both(bench, new GatewaySettings()))
                {
                    EchoExperiments.MeasureIdle(bench, Row(count, "connections"), count, start, x: count);
                }
            }
        }

        AddChart(bench, "growth-connections-cpu", "5,000 mock echoes a second over more connections", Metric.Cpu, "connections");
        AddChart(bench, "growth-connections-memory", "Memory per idle connection", Metric.IdleBytes, "connections");
    }

    private static void RunConfigurations(Bench bench, string what, int[] counts, Func<int, GatewaySettings> settings)
    {
        foreach (var count in counts)
        {
            bench.With([() => bench.Gateways.Start(settings(count)), () => bench.Floors.Start()], subjects =>
            {
                foreach (var subject in subjects)
                {
                    bench.WarmUp("echo", subject, 100);
                }

                bench.Interleave(subjects, subject =>
                    EchoExperiments.Record(bench.Result, Row(count, what), subject, bench.Traffic("echo", subject, 100), count));
            });
            EchoExperiments.MeasureIdle(bench, Row(count, what), 1_000, () => bench.Gateways.Start(settings(count)), x: count);
        }

        AddChart(bench, $"{bench.Result.Name}-cpu", $"Mock echo with more {what}", Metric.Cpu, what);
        AddChart(bench, $"{bench.Result.Name}-memory", $"A gateway without connections, with more {what}", Metric.Baseline, what);
    }

    private static void RunSizes(Bench bench)
    {
        int[] sizes = bench.Options.IsQuick ? [64, 4_096, 131_072] : [64, 256, 1_024, 4_096, 16_384, 32_768, 65_536, 131_072];
        bench.With(Both(bench, new GatewaySettings()), subjects =>
        {
            foreach (var subject in subjects)
            {
                bench.WarmUp("echo", subject, 100);
            }

            foreach (var size in sizes)
            {
                bench.Interleave(subjects, subject => EchoExperiments.Record(
                    bench.Result, Row(size, "bytes"), subject, bench.Traffic("echo", subject, 100, "-s", Bench.Text(size)), size));
            }
        });
        AddChart(bench, "growth-sizes-cpu", "Mock echo of larger messages", Metric.Cpu, "bytes of a message");
    }

    private static void RunNodes(Bench bench)
    {
        for (var count = 1; count <= 3; count++)
        {
            var isThere = Fleets.TryUse(bench, count, fleet =>
            {
                string[] arguments = ["--callback", fleet.Nodes[^1].Callback.ToString(), "-k", "64"];
                bench.WarmUp("push", fleet.Whole, 1_000, arguments);
                for (var round = 0; round < bench.Options.Rounds; round++)
                {
                    EchoExperiments.Record(
                        bench.Result, Row(fleet.Nodes.Count, "nodes"), fleet.Whole, bench.Traffic("push", fleet.Whole, 1_000, arguments), fleet.Nodes.Count);
                }
            });
            if (!isThere)
            {
                return;
            }
        }

        AddChart(bench, "growth-nodes-cpu", "A POST to the last of several nodes", Metric.Cpu, "nodes");
    }

    private static IEnumerable<Func<Subject?>> Both(Bench bench, GatewaySettings settings) => [() => bench.Gateways.Start(settings), () => bench.Floors.Start()];

    private static string Row(int count, string what) => $"{EchoExperiments.Number(count)} {what}";

    private static void AddChart(Bench bench, string file, string title, string metric, string across) => bench.Result.Charts.Add(new Chart(file, title, metric, across));
}
