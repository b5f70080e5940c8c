using System.CommandLine;
using RealtimeGateway.Load.Suite;

namespace RealtimeGateway.Load.Cli;

/// <summary>The command that measures the gateway, the floor and the peers side by side. <c>benchmarks/run</c> calls it.</summary>
internal static class SuiteCommand
{
    public static Command Create(CancellationToken stop)
    {
        var root = new Option<string>("--root") { Description = "The repository.", DefaultValueFactory = static _ => Directory.GetCurrentDirectory() };
        var only = new Option<string[]>("--only") { Description = "An experiment, or the beginning of some names; may be repeated. Without: all.", DefaultValueFactory = static _ => [] };
        var quick = new Option<bool>("--quick") { Description = "Short windows and few points, written to artifacts/: to see that all works, not to quote." };
        var rounds = new Option<int?>("--rounds") { Description = "How often each is measured, in turn. Default: 5, with --quick 3." };
        var output = new Option<string?>("--out") { Description = "Where performance.md and performance/ are written. Default: docs, with --quick artifacts/performance." };
        var gateway = new Option<string?>("--gateway") { Description = "The gateway's program. Default: the Release build of this repository." };
        var also = new Option<string[]>("--also") { Description = "NAME=PROGRAM: another build of the gateway to measure beside it; may be repeated.", DefaultValueFactory = static _ => [] };
        var environment = new Option<string[]>("--gateway-env") { Description = "NAME=VALUE for each gateway; may be repeated.", DefaultValueFactory = static _ => [] };
        var command = new Command("suite", $"Measures gateway, floor and peers in turn and writes tables and plots: {string.Join(", ", Catalogue.All.Select(static experiment => experiment.Name))}.")
        {
            root, only, quick, rounds, output, gateway, also, environment,
        };
        command.SetAction(parsed =>
        {
            var isQuick = parsed.GetValue(quick);
            var directory = Path.GetFullPath(parsed.GetValue(root)!);
            return new SuiteRun(
                new SuiteOptions
                {
                    Root = directory,
                    Output = Path.GetFullPath(parsed.GetValue(output) ?? Path.Combine(directory, isQuick ? "artifacts/performance" : "docs")),
                    Only = parsed.GetValue(only) ?? [],
                    IsQuick = isQuick,
                    Rounds = CommonOptions.Positive(parsed.GetValue(rounds) ?? (isQuick ? 3 : 5), rounds.Name),
                    Warmup = TimeSpan.FromSeconds(isQuick ? 0.5 : 2),
                    Window = TimeSpan.FromSeconds(isQuick ? 1 : 5),
                    Gateway = Program(parsed.GetValue(gateway) ?? Built(directory, "src", "RealtimeGateway.Server")),
                    Floors = Program(Built(directory, "benchmarks", "RealtimeGateway.Floors")),
                    Also = Pairs(parsed.GetValue(also) ?? [], static value => Program(value)),
                    GatewayEnvironment = Pairs(parsed.GetValue(environment) ?? [], static value => value),
                },
                stop).Run();
        });
        return command;
    }

    private static string Built(string root, string folder, string project) => Path.Combine(root, folder, project, "bin", "Release", "net10.0", project);

    private static string Program(string path) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new RefusedException($"There is no program {path}; benchmarks/run builds what the repository has.");

    private static Dictionary<string, string> Pairs(IEnumerable<string> texts, Func<string, string> value) =>
        texts.Select(static text => text.Split('=', 2)).ToDictionary(
            static pair => pair[0],
            pair => pair.Length == 2 ? value(pair[1]) : throw new RefusedException($"'{pair[0]}' is not NAME=VALUE."),
            StringComparer.Ordinal);
}
