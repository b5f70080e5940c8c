using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary>The built program in a process and a directory of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>How long a test waits for what should come at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Lines _output = new();
    private readonly Lines _error = new();

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _error.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => _output.Text;

    public string Error => _error.Text;

    /// <summary>Starts the program with both listeners on free ports and waits until it says where they are.</summary>
    public static async Task<ServerProcess> StartAsync(string directory, params string[] arguments)
    {
        var server = Run(directory, [], ["--data-url", "http://127.0.0.1:0", "--admin-url", "http://127.0.0.1:0", .. arguments]);
        await server.WaitForAsync("warning: management answers");
        return server;
    }

    /// <summary>Starts the program.</summary>
    public static ServerProcess Run(string directory, Dictionary<string, string> environment, params string[] arguments) =>
        RunProgram("dotnet", directory, environment, [ProgramPath("src", "RealtimeGateway.Server", "RealtimeGateway.Server.dll"), .. arguments]);

    /// <summary>Starts any other program.</summary>
    public static ServerProcess RunProgram(string program, string directory, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(new Process { StartInfo = start });
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunToEndAsync(string directory, params string[] arguments)
    {
        await using var server = Run(directory, [], arguments);
        return (await server.ExitAsync(), server.Output, server.Error);
    }

    /// <summary>The address that the start report names.</summary>
    public async Task<Uri> AddressAsync(string listener) => new((await WaitForAsync($@"(?m)^  {listener} +(\S+)")).Groups[1].Value);

    /// <summary>Waits until the output holds a match.</summary>
    public async Task<Match> WaitForAsync(string pattern)
    {
        try
        {
            return await _output.WaitForAsync(pattern).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The output has no '{pattern}':\n{Output}\n{Error}");
        }
    }

    /// <summary>Sends a signal, for example <c>TERM</c>, and waits for the exit code.</summary>
    public async Task<int> SignalAsync(string signal)
    {
        await SendAsync(signal);
        return await ExitAsync();
    }

    /// <summary>Sends a signal and goes on.</summary>
    public async Task SendAsync(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Gives the program its whole standard input.</summary>
    public async Task InputAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        _process.StandardInput.Close();
    }

    public async Task<int> ExitAsync(TimeSpan? patience = null)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(patience ?? Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>Where the build has put a program of this repository.</summary>
    public static string ProgramPath(string folder, string project, string file) => Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "RealtimeGateway.IntegrationTests"), Path.Combine(folder, project), StringComparison.Ordinal),
        file);

    /// <summary>What was printed, and who waits for more of it.</summary>
    private sealed class Lines
    {
        private readonly Lock _gate = new();
        private readonly StringBuilder _text = new();
        private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _waiting = [];

        public string Text
        {
            get
            {
                lock (_gate)
                {
                    return _text.ToString();
                }
            }
        }

        public void Add(string? line)
        {
            lock (_gate)
            {
                _text.Append(line).Append('\n');
                _waiting.RemoveAll(wait => wait.Pattern.Match(_text.ToString()) is { Success: true } match && wait.Found.TrySetResult(match));
            }
        }

        public Task<Match> WaitForAsync(string pattern)
        {
            var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                var regex = new Regex(pattern, RegexOptions.CultureInvariant);
                if (regex.Match(_text.ToString()) is { Success: true } match)
                {
                    found.SetResult(match);
                }
                else
                {
                    _waiting.Add((regex, found));
                }
            }

            return found.Task;
        }
    }
}
