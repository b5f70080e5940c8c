using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Suite.Results;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite.Experiments;

/// <summary>Messages from outside to clients, by @connections.</summary>
internal static class PushExperiments
{
    private const string Plain = "64 in flight, no signature";
    private const string Signed = "64 in flight, SigV4";
    private const string DeliveriesPerCpu = "deliveries per CPU second";

    public static Experiment Push { get; } = new(
        "push", "@connections push",
        "128 bytes by POST to one of 1,000 connections in turn, 64 at a time. The load program makes the signatures; its own processor time is not counted.",
        RunPush);

    public static Experiment FanOut { get; } = new(
        "fanout", "One message to every connection",
        "One POST reaches all; the next is made when all have received the last. To the gateway it names each connection (`POST /@connections`), to nchan, Node and the floor a channel or nothing.",
        RunFanOut);

    public static Experiment WrongNode { get; } = new(
        "wrong-node", "POSTs to a node that does not have the connection",
        "Three nodes and Redis on this machine. The clients are at the first node; right: the POSTs go there; wrong: they go to the second, which asks the first. CPU is that of all nodes and Redis.",
        RunWrongNode);

    private static void RunPush(Bench bench)
    {
        string[] rest = ["-k", "64"];
        IEnumerable<Func<Subject?>> starts =
        [
            .. bench.Gateways.Builds.Select(build => (Func<Subject?>)(() => build(new GatewaySettings()))),
            () => bench.Floors.Start(),
            () => bench.Floors.Start(isInline: true),
            () => bench.OrRemark(bench.Peers.StartNodeWs(), Peers.NodeWsName),
        ];
        IEnumerable<Func<Subject?>> signedStarts =
            bench.Gateways.Builds.Select(build => (Func<Subject?>)(() => build(new GatewaySettings { IsSigned = true })));
        bench.With(starts, subjects => bench.With(signedStarts, signed =>
        {
            foreach (var subject in subjects)
            {
                bench.WarmUp("push", subject, 1_000, Arguments(subject));
            }

            foreach (var subject in signed)
            {
                bench.WarmUp("push", subject, 1_000, [.. Arguments(subject), .. Signature]);
            }

            bench.Interleave([.. subjects, .. signed], subject =>
            {
                var isSigned = signed.Contains(subject);
                Record(isSigned ? Signed : Plain, subject, bench.Traffic("push", subject, 1_000, isSigned ? [.. Arguments(subject), .. Signature] : Arguments(subject)));
            });
        }));
        bench.Result.Goals.Add(new Goal("@connections push, CPU/push, no signature", Plain, Metric.Cpu, Gateways.Name, Floors.Name, 1.3, 1.0));
        bench.Result.Goals.Add(new Goal("@connections push, CPU/push, SigV4", Signed, Metric.Cpu, Gateways.Name, Floors.Name, 2, 1.5, ToRow: Plain));
        bench.Result.Charts.Add(new Chart("push-cpu", "@connections push: processor time of the server", Metric.Cpu));

        string[] Arguments(Subject subject) => ["--callback", subject.Callback.ToString(), .. rest];

        void Record(string row, Subject subject, LoadReport report) => EchoExperiments.Record(bench.Result, row, subject, report);
    }

    private static void RunFanOut(Bench bench)
    {
        var connections = bench.Options.IsQuick ? 2_000 : 10_000;
        var row = $"{EchoExperiments.Number(connections)} connections";
        IEnumerable<Func<Subject?>> starts =
        [
            .. bench.Gateways.Builds.Select(build => (Func<Subject?>)(() => build(new GatewaySettings()))),
            () => bench.Floors.Start(),
            () => bench.OrRemark(bench.Peers.StartNchan(), Peers.NchanName),
            () => bench.OrRemark(bench.Peers.StartNodeWs(), Peers.NodeWsName),
        ];
        bench.With(starts, subjects =>
        {
            foreach (var subject in subjects)
            {
                Measure(subject, bench.Options.Warmup * 2);
            }

            bench.Interleave(subjects, subject =>
            {
                var report = Measure(subject, bench.Options.Window);
                var cpu = report.Traffic?.Server?.CpuMicrosecondsPerMessage;
                bench.Result.Add(row, Metric.Cpu, "µs", subject.Name, cpu);
                bench.Result.Add(row, DeliveriesPerCpu, "", subject.Name, cpu is > 0 ? Math.Round(1_000_000 / cpu.Value) : null);
                bench.Result.Add(row, Metric.FirstReceipt, "µs", subject.Name, report.Traffic?.ReceiptLatency?.P50);
                bench.Result.Add(row, "delivered to all but 1 %", "µs", subject.Name, report.Traffic?.Latency?.P99);
            });
        });
        bench.Result.Goals.Add(new Goal(
            $"to all of {row}, deliveries per CPU second", row, DeliveriesPerCpu, Gateways.Name, Peers.NchanName, 0.75, 1.0, IsAtLeast: true));
        bench.Result.Charts.Add(new Chart("fanout", $"To all of {row}: deliveries for a second of processor time", DeliveriesPerCpu));

        LoadReport Measure(Subject subject, TimeSpan window) => bench.Load(
            "fanout", subject,
            [
                "-n", Bench.Text(connections), "--warmup", Bench.Text(bench.Options.Warmup.TotalSeconds), "-d", Bench.Text(window.TotalSeconds),
                .. subject.Broadcast is { } all ? new[] { "--post", all.ToString() } : ["--post", $"{subject.Callback}/@connections", "--hello", """{"action":"hello"}"""],
            ]);
    }

    private static void RunWrongNode(Bench bench)
    {
        const string Right = "the right node";
        const string Wrong = "another node";
        if (!Fleets.TryUse(bench, 3, fleet =>
            {
                string[] To(int node) => ["--callback", fleet.Nodes[node].Callback.ToString(), "-k", "64"];
                (string Row, string[] Arguments)[] ways = [(Right, To(0)), (Wrong, To(1))];
                foreach (var (_, arguments) in ways)
                {
                    bench.WarmUp("push", fleet.Whole, 1_000, arguments);
                }

                for (var round = 0; round < bench.Options.Rounds; round++)
                {
                    foreach (var (row, arguments) in ways)
                    {
                        EchoExperiments.Record(bench.Result, row, fleet.Whole, bench.Traffic("push", fleet.Whole, 1_000, arguments));
                    }
                }
            }))
        {
            return;
        }

        bench.Result.Goals.Add(new Goal(
            "POSTs/s to another node than the connection's, fleet of 3", Wrong, Metric.Rate, Gateways.Name, Gateways.Name, 0.70, null, IsAtLeast: true, ToRow: Right));
        bench.Result.Charts.Add(new Chart("wrong-node", "POSTs per second, by the node that they go to", Metric.Rate));
    }

    private static readonly string[] Signature = ["--sign", Gateways.SigningKey];
}
