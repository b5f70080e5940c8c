using System.Diagnostics;
using System.Globalization;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Suite.Results;

namespace RealtimeGateway.Load.Suite;

/// <summary>Runs experiments one after the other, writes each result as soon as it is there, and the page at the end.</summary>
internal sealed class SuiteRun(SuiteOptions options, CancellationToken stop)
{
    public int Run()
    {
        var experiments = Catalogue.Select(options.Only);
        var scratch = Directory.CreateTempSubdirectory("realtimegateway-suite-").FullName;
        var failed = false;
        try
        {
            foreach (var experiment in experiments)
            {
                failed |= !TryRun(experiment, scratch);
                if (stop.IsCancellationRequested)
                {
                    break;
                }
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        WritePage();
        return failed || stop.IsCancellationRequested ? ExitCode.Errors : ExitCode.Success;
    }

    private string Files => Path.Combine(options.Output, "performance");

    /// <summary>Runs one. A failure leaves the others, and what was measured before, as they are.</summary>
    private bool TryRun(Experiment experiment, string scratch)
    {
        var begun = Stopwatch.GetTimestamp();
        var isCurve = experiment.MaxRounds < int.MaxValue;
        var bounded = options with { Rounds = Math.Min(options.Rounds, isCurve && options.IsQuick ? 1 : experiment.MaxRounds) };
        Console.Write($"{experiment.Name} … ");
        var result = new ExperimentResult
        {
            Name = experiment.Name,
            Title = experiment.Title,
            About = experiment.About,
            TakenAt = DateTimeOffset.UtcNow,
            Machine = MachineFacts.Read(options),
            Rounds = bounded.Rounds,
            WarmupSeconds = options.Warmup.TotalSeconds,
            WindowSeconds = options.Window.TotalSeconds,
        };
        try
        {
            experiment.Run(new Bench(bounded, scratch, result, stop));
        }
        catch (Exception error) when (error is RefusedException or OperationCanceledException or InvalidOperationException)
        {
            Console.WriteLine($"failed: {error.Message}");
            return false;
        }

        Write(result);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} s"));
        foreach (var goal in result.Goals)
        {
            var ratio = goal.Ratio(result.Series);
            Console.WriteLine($"  {goal.What}: {(ratio is { } found ? Figure.Text(found) : "not measured")} (must {Figure.Text(goal.Must)}{(goal.Aim is { } aim ? $", aim {Figure.Text(aim)}" : "")})");
        }

        foreach (var remark in result.Remarks)
        {
            Console.WriteLine($"  {remark}");
        }

        return true;
    }

    private void Write(ExperimentResult result)
    {
        Directory.CreateDirectory(Files);
        ResultJson.Write(result, Path.Combine(Files, $"{result.Name}.json"));
        foreach (var chart in result.Charts)
        {
            if (SvgChart.Draw(chart, result.Series) is { } svg)
            {
                File.WriteAllText(Path.Combine(Files, $"{chart.File}.svg"), svg);
            }
        }
    }

    private void WritePage()
    {
        var page = Path.Combine(options.Output, "performance.md");
        ExperimentResult[] results = [.. Catalogue.All.Select(experiment => ResultJson.TryRead(Path.Combine(Files, $"{experiment.Name}.json"))).OfType<ExperimentResult>()];
        if (results.Length > 0)
        {
            File.WriteAllText(page, MarkdownPage.Insert(File.Exists(page) ? File.ReadAllText(page) : "", results));
            Console.WriteLine($"written: {page}");
        }
    }
}
