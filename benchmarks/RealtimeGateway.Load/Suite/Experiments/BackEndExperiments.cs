using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Suite.Results;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite.Experiments;

/// <summary>Messages that go on to an HTTP back end, and what a slow one does to the rest.</summary>
internal static class BackEndExperiments
{
    private const string Steady = "2,000 messages/s";

    public static Experiment Http { get; } = new(
        "http", "HTTP integration",
        "A message goes to an HTTP back end (HTTP_PROXY, the same hand-written process for all) and its answer to the client. CPU is that of the process in front; the back end's own is beside it.",
        RunHttp);

    public static Experiment Isolation { get; } = new(
        "isolation", "One slow route, one heavy template",
        "2,000 mock echoes a second over 100 connections while 200 other connections each wait for a back end that never answers, or while others ask 20 times a second for a "
        + "template with 10,000 rounds. The figures are those of the echoes.",
        RunIsolation);

    private static void RunHttp(Bench bench)
    {
        bench.With([() => bench.Floors.Start()], backEnds =>
        {
            var backEnd = backEnds[0];
            IEnumerable<Func<Subject?>> starts =
            [
                .. bench.Gateways.Builds.Select(build => (Func<Subject?>)(() => build(new GatewaySettings { BackEnd = backEnd.Callback }))),
                () => bench.Floors.Start(backEnd: backEnd.Callback),
                () => bench.Floors.Start(isInline: true, backEnd: backEnd.Callback),
            ];
            string[] message = ["--template", """{"action":"http","data":"{stamp}{pad}"}""", "--back-end-pid", Bench.Text(backEnd.ProcessIds[0])];
            bench.With(starts, subjects =>
            {
                foreach (var subject in subjects)
                {
                    bench.WarmUp("echo", subject, 100, message);
                }

                bench.Interleave(subjects, subject =>
                    Record("100 connections, closed loop", subject, bench.Traffic("echo", subject, 100, message)));
                bench.Interleave(subjects, subject =>
                    Record(Steady, subject, bench.Traffic("echo", subject, 100, [.. message, "-r", "2000"])));
            });
        });
        bench.Result.Goals.Add(new Goal(
            "HTTP integration, gateway process CPU/message", "100 connections, closed loop", Metric.Cpu, Gateways.Name, Floors.Name, 1.15, 0.90));
        bench.Result.Charts.Add(new Chart("http-cpu", "HTTP integration: processor time of the process in front", Metric.Cpu));

        void Record(string row, Subject subject, LoadReport report)
        {
            EchoExperiments.Record(bench.Result, row, subject, report);
            bench.Result.Add(row, Metric.BackEndCpu, "µs", subject.Name, report.Traffic?.BackEnd?.CpuMicrosecondsPerMessage);
        }
    }

    private static void RunIsolation(Bench bench)
    {
        (string Row, string[]? Beside)[] conditions =
        [
            ("undisturbed", null),
            ("200 messages wait for a back end", ["-n", "200", "--template", """{"action":"slow","data":"{stamp}{pad}"}"""]),
            ("20 heavy templates a second", ["-n", "4", .. Heavy]),
        ];
        bench.With([() => bench.Floors.Start()], backEnds =>
        {
            // A process for each condition: calls that still hang from one round must not be in the next one's way.
            var builds = bench.Gateways.Builds.ToArray();
            IEnumerable<Func<Subject?>> starts = conditions.SelectMany(_ => builds)
                .Select(build => (Func<Subject?>)(() => build(new GatewaySettings { BackEnd = backEnds[0].Callback })));
            bench.With(starts, subjects =>
            {
                foreach (var subject in subjects)
                {
                    bench.WarmUp("echo", subject, 100);
                    bench.WarmUp("echo", subject, 4, Heavy);
                }

                Dictionary<Subject, int> places = new(ReferenceEqualityComparer.Instance);
                for (var i = 0; i < subjects.Count; i++)
                {
                    places[subjects[i]] = i / builds.Length;
                }

                bench.Interleave(subjects, subject => Measure(conditions[places[subject]].Row, subject, conditions[places[subject]].Beside));
            });
        });
        bench.Result.Charts.Add(new Chart("isolation", "p99 of mock echoes beside slow and heavy routes", Metric.P99));

        void Measure(string row, Subject subject, string[]? beside)
        {
            // The disturbance begins before the window and outlasts it; that it is never answered is what it is for.
            var seconds = bench.Options.Warmup.TotalSeconds + bench.Options.Window.TotalSeconds + 3;
            using var disturbance = beside is null ? null : bench.Begin("echo", subject, [.. beside, "--warmup", "0", "-d", Bench.Text(seconds)]);
            var report = bench.Traffic("echo", subject, 100, "-r", "2000");
            bench.Result.Add(row, Metric.P50, "µs", subject.Name, report.Traffic?.Latency?.P50);
            bench.Result.Add(row, Metric.P99, "µs", subject.Name, report.Traffic?.Latency?.P99);
            if (disturbance is not null)
            {
                bench.Finish(disturbance, subject, isRecorded: false);
            }
        }
    }

    private static string[] Heavy =>
        ["--template", """{"action":"heavy","data":"{stamp}"}""", "--size", "0", "-r", "20", "--expect", "10000"];
}
