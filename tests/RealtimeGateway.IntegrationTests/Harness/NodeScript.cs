using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>One of the scripts in tests/node as a child process: commands in, events out, one JSON object a line.</summary>
internal sealed class NodeScript : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonObject> _events = Channel.CreateUnbounded<JsonObject>();

    private NodeScript(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                _events.Writer.TryWrite(JsonNode.Parse(text)!.AsObject());
            }
            else if (line.Data is null)
            {
                _events.Writer.TryComplete();
            }
        };
        process.BeginOutputReadLine();
    }

    /// <summary>Starts a script, or skips the test where Node or its packages are not installed.</summary>
    public static NodeScript Start(string script, params string[] arguments)
    {
        var folder = Folder();
        string[] packages = ["ws", "@aws-sdk/client-apigatewaymanagementapi", "@aws-sdk/client-apigatewayv2"];
        Assert.SkipUnless(packages.All(package => Directory.Exists(Path.Combine(folder, "node_modules", package))), "Run 'npm ci' in tests/node to test with the ws package and the AWS SDK.");
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Node is not installed.
        }

        Assert.SkipUnless(process is not null, "Node.js is not installed.");
        return new NodeScript(process!);
    }

    public async Task SendAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The next event, which must be of one kind.</summary>
    public async Task<JsonObject> NextAsync(string kind)
    {
        var next = await Patience.For(_events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask(), $"the event {kind}");
        Assert.True(next["event"]!.ToString() == kind, $"Expected the event {kind} but it was {next.ToJsonString()}");
        return next;
    }

    /// <summary>The next event, whatever it is.</summary>
    public Task<JsonObject> NextAsync() => Patience.For(_events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask(), "an event");

    /// <summary>Every event until the script ends.</summary>
    public IAsyncEnumerable<JsonObject> ReadAllAsync() => _events.Reader.ReadAllAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Folder()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "RealtimeGateway.sln")))
            {
                return Path.Combine(directory.FullName, "tests", "node");
            }
        }

        throw new DirectoryNotFoundException("RealtimeGateway.sln is not above the tests.");
    }
}
