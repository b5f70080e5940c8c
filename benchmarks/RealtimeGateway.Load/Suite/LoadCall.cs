using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite;

/// <summary>One call of this very program, in a process of its own: its descriptors, its heap and its thread are fresh each time.</summary>
internal sealed class LoadCall : IDisposable
{
    private readonly Process _process;
    private readonly string _resultFile;
    private readonly Task<string> _errors;

    private LoadCall(Process process, string resultFile)
    {
        (_process, _resultFile) = (process, resultFile);
        // The table is for people; but a full pipe would stop the program.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it.</summary>
    /// <param name="scenario">echo, push, idle or fanout.</param>
    /// <param name="subject">Who is loaded and whose processes are watched.</param>
    /// <param name="arguments">What else the command line says.</param>
    /// <param name="scratch">For the result.</param>
    public static LoadCall Start(string scenario, Subject subject, IEnumerable<string> arguments, string scratch)
    {
        var file = Path.Combine(scratch, $"load-{Guid.NewGuid():N}.json");
        List<string> all = [scenario, subject.WebSocket.ToString(), .. arguments, "--json", file];
        foreach (var id in subject.ProcessIds)
        {
            all.AddRange(["-p", id.ToString(CultureInfo.InvariantCulture)]);
        }

        if (subject.WebSocket.Scheme == "wss")
        {
            all.Add("--insecure");
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!, all) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new LoadCall(Process.Start(start)!, file);
    }

    /// <summary>The command line for people: without what differs from run to run.</summary>
    public string Command => CommandText.Of("RealtimeGateway.Load", _process.StartInfo.ArgumentList);

    /// <summary>Waits for its end.</summary>
    /// <exception cref="RefusedException">It did not begin, or left no result.</exception>
    public LoadReport Finish(CancellationToken stop)
    {
        while (!_process.WaitForExit(TimeSpan.FromMilliseconds(100)))
        {
            stop.ThrowIfCancellationRequested();
        }

        return File.Exists(_resultFile)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(_resultFile), ReportJson.Default.LoadReport)!
            : throw new RefusedException($"{Command}\nended with {_process.ExitCode}: {_errors.GetAwaiter().GetResult().Trim()}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        File.Delete(_resultFile);
    }
}
