using System.Globalization;
using System.Text;

namespace RealtimeGateway.Load.Suite.Results;

/// <summary>Writes the results into a page between two markers; what stands around them is people's.</summary>
internal static class MarkdownPage
{
    public const string Begin = "<!-- results: begin; written by benchmarks/run -->";
    public const string End = "<!-- results: end -->";

    private const string Title = "# Performance\n\n";

    /// <summary>The page with these results in place of those that it had; appended when it has no markers.</summary>
    public static string Insert(string page, IReadOnlyList<ExperimentResult> results)
    {
        var part = $"{Begin}\n\n{Render(results)}\n{End}\n";
        var from = page.IndexOf(Begin, StringComparison.Ordinal);
        var to = page.IndexOf(End, StringComparison.Ordinal);
        return from >= 0 && to > from
            ? page[..from] + part + page[(to + End.Length)..].TrimStart('\n')
            : (page.Length == 0 ? Title : page.TrimEnd() + "\n\n") + part;
    }

    private static string Render(IReadOnlyList<ExperimentResult> results)
    {
        var text = new StringBuilder();
        WriteGoals(text, results);
        foreach (var result in results)
        {
            WriteExperiment(text, result);
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static void WriteGoals(StringBuilder text, IReadOnlyList<ExperimentResult> results)
    {
        if (!results.Any(static result => result.Goals.Count > 0))
        {
            return;
        }

        text.Append("## Goals\n\n| what | compared with | ratio | must | aim | |\n|---|---|--:|--:|--:|---|\n");
        foreach (var result in results)
        {
            foreach (var goal in result.Goals)
            {
                var sign = goal.IsAtLeast ? "≥" : "≤";
                var ratio = goal.Ratio(result.Series);
                var aim = goal.Aim is { } wanted ? $"{sign} {Figure.Text(wanted)}" : "–";
                text.Append(CultureInfo.InvariantCulture, $"| {goal.What} | {goal.ToRow ?? goal.To} | {(ratio is { } found ? Figure.Text(found) : "–")} | {sign} {Figure.Text(goal.Must)} | {aim} | {Verdict(goal, ratio)} |\n");
            }
        }

        text.Append('\n');
    }

    private static string Verdict(Goal goal, double? ratio) => ratio is not { } found ? "not measured"
        : goal.Aim is { } aim && goal.IsMet(found, aim) ? "**aim met**"
        : goal.IsMet(found, goal.Must) ? "met"
        : "**not met**";

    private static void WriteExperiment(StringBuilder text, ExperimentResult result)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {result.Title}\n\n{result.About}\n\n");
        foreach (var metric in result.Series.Select(static series => (series.Metric, series.Unit)).Distinct())
        {
            WriteTable(text, metric.Metric, metric.Unit, [.. result.Series.Where(series => series.Metric == metric.Metric)]);
        }

        foreach (var chart in result.Charts)
        {
            text.Append(CultureInfo.InvariantCulture, $"![{chart.Title}](performance/{chart.File}.svg)\n\n");
        }

        foreach (var remark in result.Remarks)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {remark}\n");
        }

        var machine = result.Machine;
        text.Append(CultureInfo.InvariantCulture, $"{(result.Remarks.Count > 0 ? "\n" : "")}<details><summary>{result.TakenAt:yyyy-MM-dd HH:mm} UTC, commit {machine.Commit}, median (lowest–highest) of {result.Rounds} rounds</summary>\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{machine.Processor}, {machine.Cores} cores, {machine.MemoryGiB} GiB, Linux {machine.Kernel}, load average {machine.LoadBefore} at the beginning; {string.Join(", ", machine.Versions.Select(static pair => $"{pair.Key} {pair.Value}"))}. ");
        text.Append(CultureInfo.InvariantCulture, $"{result.WarmupSeconds} s of traffic before each window of {result.WindowSeconds} s. Every value: [{result.Name}.json](performance/{result.Name}.json).\n\n```sh\n");
        text.AppendJoin('\n', result.Commands).Append("\n```\n\n</details>\n\n");
    }

    private static void WriteTable(StringBuilder text, string metric, string unit, IReadOnlyList<Series> all)
    {
        string[] subjects = [.. all.Select(static series => series.Subject).Distinct()];
        text.Append(CultureInfo.InvariantCulture, $"| {metric}{(unit.Length == 0 ? "" : $", {unit}")} | {string.Join(" | ", subjects)} |\n|---|{string.Concat(subjects.Select(static _ => "--:|"))}\n");
        foreach (var row in all.GroupBy(static series => series.Row))
        {
            var cells = subjects.Select(subject => row.FirstOrDefault(series => series.Subject == subject) is { } series ? Figure.Text(series.Spread()) : "–");
            text.Append(CultureInfo.InvariantCulture, $"| {row.Key} | {string.Join(" | ", cells)} |\n");
        }

        text.Append('\n');
    }
}
