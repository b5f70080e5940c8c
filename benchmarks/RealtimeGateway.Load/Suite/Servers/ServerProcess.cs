using System.Diagnostics;
using System.Globalization;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Sockets;

namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>A server that the suite started, and ends by its process id.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int KeptLines = 40;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();
    private volatile bool _isReady;

    private ServerProcess(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        _environment = environment;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process and all its descendants.</summary>
    public IReadOnlyList<int> Ids => Descendants(_process.Id);

    /// <summary>How it was started, for people: environment that was set for it, program, arguments.</summary>
    public string Command => CommandText.Of(Path.GetFileName(_process.StartInfo.FileName), _process.StartInfo.ArgumentList, _environment);

    /// <summary>Starts a program and waits until <paramref name="ready"/> finds in its output, or elsewhere, where it listens.</summary>
    /// <exception cref="RefusedException">It ended, or time was up; with the last lines that it printed.</exception>
    public static (ServerProcess Process, Uri Url) Start(
        string program, IEnumerable<string> arguments, Func<IReadOnlyList<string>, Uri?> ready, IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = directory ?? "",
        };
        environment ??= new Dictionary<string, string>();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(start, environment);
        try
        {
            return (server, server.Await(ready));
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // A master process is asked, so that it ends its workers; only what does not heed is killed.
        if (!_process.HasExited)
        {
            _ = Libc.Kill(_process.Id, Libc.SignalTerminate);
            if (!_process.WaitForExit(EndPatience))
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }

    private static List<int> Descendants(int root)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(static path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(static id => id > 0)
            .ToLookup(static id => ProcessSample.ParentOf(id));
        List<int> all = [root];
        for (var i = 0; i < all.Count; i++)
        {
            all.AddRange(children[all[i]]);
        }

        return all;
    }

    private Uri Await(Func<IReadOnlyList<string>, Uri?> ready)
    {
        var deadline = Clock.In(StartPatience);
        while (Stopwatch.GetTimestamp() < deadline)
        {
            string[] lines;
            lock (_gate)
            {
                lines = [.. _lines];
            }

            if (ready(lines) is { } url)
            {
                _isReady = true;
                return url;
            }

            if (_process.WaitForExit(TimeSpan.FromMilliseconds(50)))
            {
                break;
            }
        }

        lock (_gate)
        {
            throw new RefusedException($"{_process.StartInfo.FileName} did not start: {string.Join('\n', _lines.TakeLast(KeptLines))}");
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Enqueue(line);
            // All of them until it is known where it listens: a server with many APIs says much at its start.
            while (_isReady && _lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
