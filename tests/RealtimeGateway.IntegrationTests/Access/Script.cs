using System.Diagnostics;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

/// <summary>A real client of another language, as a process that speaks JSON lines.</summary>
internal sealed class Script : IAsyncDisposable
{
    private static readonly string Tests = Path.Combine(FindRoot(), "tests");

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Script(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The AWS SDK for JavaScript; skips the test where it is not installed.</summary>
    public static Script Node(string endpoint, string accessKeyId, string secret, string? token = null)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Tests, "node", "node_modules", "@aws-sdk")), "tests/node: run npm ci");
        return Start("node", Path.Combine(Tests, "node", "management.mjs"), endpoint, accessKeyId, secret, token, "--max-attempts", "1");
    }

    /// <summary>boto3 and botocore; skips the test where they are not installed.</summary>
    public static async Task<Script> PythonAsync(string endpoint, string accessKeyId, string secret, string? token = null, string script = "aws.py")
    {
        Assert.SkipUnless(await HasBotoAsync(), "python3 with boto3 is not installed");
        return Start("python3", Path.Combine(Tests, "python", script), endpoint, accessKeyId, secret, token);
    }

    /// <summary>Gives a command and waits for its answer.</summary>
    public async Task<JsonObject> AskAsync(JsonObject command)
    {
        await _process.StandardInput.WriteLineAsync(command.ToJsonString());
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var line = await Patience.For(_process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask(), "the script's answer");
        return line is null
            ? throw new InvalidOperationException("The script ended: " + await _errors)
            : JsonNode.Parse(line)!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Limit);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static Script Start(
        string program, string script, string endpoint, string accessKeyId, string secret, string? token, params string[] more)
    {
        var start = new ProcessStartInfo(program, [script, "--endpoint", endpoint, .. more])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // No credential chain may reach for the network.
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_ACCESS_KEY_ID"] = accessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = secret;
        start.Environment["AWS_SESSION_TOKEN"] = token ?? "";
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        return new Script(Process.Start(start)!);
    }

    private static async Task<bool> HasBotoAsync()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import boto3"]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RealtimeGateway.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The solution is not above the tests.");
        }

        return directory.FullName;
    }
}
