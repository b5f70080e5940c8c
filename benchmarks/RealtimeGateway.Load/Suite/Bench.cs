using System.Globalization;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Suite.Results;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite;

/// <summary>What an experiment works with: servers to start, a load to put on them, a place for what comes out.</summary>
internal sealed class Bench(SuiteOptions options, string scratch, ExperimentResult result, CancellationToken stop)
{
    public SuiteOptions Options => options;

    public ExperimentResult Result => result;

    public Gateways Gateways { get; } = new(options, scratch);

    public Floors Floors { get; } = new(options);

    public Peers Peers { get; } = new(options, scratch);

    public Certificate NewCertificate() => Certificate.Create(scratch);

    /// <summary>The peer, or a remark that it is not installed.</summary>
    public Subject? OrRemark(Subject? peer, string name)
    {
        if (peer is null)
        {
            result.Remark($"{name} is not installed and was left out.");
        }

        return peer;
    }

    /// <summary>Measures each subject once a round; each round begins with another of them, so that none is always first.</summary>
    public void Interleave(IReadOnlyList<Subject> subjects, Action<Subject> measure)
    {
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < subjects.Count; i++)
            {
                stop.ThrowIfCancellationRequested();
                measure(subjects[(round + i) % subjects.Count]);
            }
        }
    }

    /// <summary>Starts the subjects, measures them in turn and ends them, whatever happens.</summary>
    public void With(IEnumerable<Func<Subject?>> starts, Action<IReadOnlyList<Subject>> use)
    {
        List<Subject> subjects = [];
        try
        {
            foreach (var start in starts)
            {
                stop.ThrowIfCancellationRequested();
                if (start() is { } subject)
                {
                    subjects.Add(subject);
                    Record([.. subject.Processes.Select(static process => process.Command)]);
                }
            }

            use(subjects);
        }
        finally
        {
            foreach (var subject in subjects)
            {
                subject.Dispose();
            }
        }
    }

    /// <summary>Puts traffic on a subject for the suite's warm-up and window.</summary>
    public LoadReport Traffic(string scenario, Subject subject, int connections, params string[] arguments) =>
        Load(scenario, subject, ["-n", Text(connections), "--warmup", Text(options.Warmup.TotalSeconds), "-d", Text(options.Window.TotalSeconds), .. arguments]);

    /// <summary>Traffic of which nothing is kept: the server compiles its code for what is to come.</summary>
    public void WarmUp(string scenario, Subject subject, int connections, params string[] arguments) =>
        Load(scenario, subject, ["-n", Text(connections), "--warmup", "0", "-d", Text(options.Warmup.TotalSeconds * 2), .. arguments], isRecorded: false);

    /// <summary>One call of the load program.</summary>
    public LoadReport Load(string scenario, Subject subject, IEnumerable<string> arguments, bool isRecorded = true)
    {
        using var call = Begin(scenario, subject, arguments, isRecorded);
        return Finish(call, subject, isRecorded);
    }

    /// <summary>As <see cref="Load"/>, but does not wait: the load beside another load.</summary>
    public LoadCall Begin(string scenario, Subject subject, IEnumerable<string> arguments, bool isRecorded = true)
    {
        var call = LoadCall.Start(scenario, subject, arguments, scratch);
        if (isRecorded)
        {
            Record(call.Command);
        }

        return call;
    }

    /// <summary>Waits for a call; what went wrong in it becomes a remark.</summary>
    public LoadReport Finish(LoadCall call, Subject subject, bool isRecorded = true)
    {
        var report = call.Finish(stop);
        foreach (var (what, count) in isRecorded ? report.Errors : new Dictionary<string, long>())
        {
            result.Remark(string.Create(CultureInfo.InvariantCulture, $"{subject.Name}, {report.Scenario} with {report.Connections.Requested:N0} connections: {count:N0} × {what}."));
        }

        return report;
    }

    public static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private void Record(params IReadOnlyList<string> commands)
    {
        foreach (var command in commands.Where(command => !result.Commands.Contains(command)))
        {
            result.Commands.Add(command);
        }
    }
}
