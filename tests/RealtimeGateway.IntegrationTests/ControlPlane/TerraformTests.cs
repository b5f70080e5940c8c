using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>
/// Terraform's AWS provider, unmodified: apply, an empty plan, a change of nearly everything, an empty plan, destroy. It needs the provider in a file system
/// mirror, which the environment variable <c>TF_PLUGIN_MIRROR</c> names.
/// </summary>
public sealed class TerraformTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Terraform_AppliesPlansChangesAndDestroys()
    {
        var mirror = Environment.GetEnvironmentVariable("TF_PLUGIN_MIRROR");
        Assert.SkipUnless(Directory.Exists(mirror), "TF_PLUGIN_MIRROR names no directory with the AWS provider.");
        Assert.SkipUnless(await HasTerraformAsync(), "terraform is not installed.");
        using var state = new TemporaryDirectory();
        await using var gateway = await ControlGateway.StartAsync(state);
        _directory.Write("terraform.rc", $$"""provider_installation { filesystem_mirror { path = "{{mirror}}" } }""");
        string[] variables =
        [
            "-no-color", "-input=false",
            "-var", $"endpoint={gateway.Url}", "-var", $"backend={gateway.Backend.Uri.AbsoluteUri}",
        ];
        Write("first.tf");
        await RunAsync(0, "init", "-no-color");

        await RunAsync(0, ["apply", "-auto-approve", .. variables, "-var", "pong=one"]);
        await RunAsync(0, ["plan", "-detailed-exitcode", .. variables, "-var", "pong=one"]);
        var api = (await AskAsync(gateway, "/v2/apis"))["items"]![0]!["apiId"]!.ToString();
        gateway.Backend.Answer = static call => Task.FromResult(call.RawTarget.Contains("/invocations", StringComparison.Ordinal)
            ? BackendAnswer.Of("""{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}""")
            : BackendAnswer.Ok);
        Assert.Equal("one", await PingAsync(gateway, api));

        // A client that stays: it answers the gateway's pings while it waits, and hears nothing until the end.
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/{api}/prod?token=x"), TestContext.Current.CancellationToken);
        var heard = client.ReceiveAsync(new byte[128].AsMemory(), TestContext.Current.CancellationToken).AsTask();

        Write("second.tf");
        await RunAsync(0, ["apply", "-auto-approve", .. variables, "-var", "pong=two"]);
        await RunAsync(0, ["plan", "-detailed-exitcode", .. variables, "-var", "pong=two"]);
        Assert.Equal("two", await PingAsync(gateway, api));
        Assert.False(heard.IsCompleted);

        await RunAsync(0, ["destroy", "-auto-approve", .. variables, "-var", "pong=two"]);
        Assert.Equal(WebSocketMessageType.Close, (await Patience.For(heard, "the close of the destroyed API")).MessageType);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        foreach (var list in (string[])["/v2/apis", "/v2/domainnames", "/v2/vpclinks"])
        {
            Assert.Empty((await AskAsync(gateway, list))["items"]!.AsArray());
        }
    }

    private static async Task<string> PingAsync(ControlGateway gateway, string api)
    {
        using var client = await gateway.OpenAsync($"/{api}/prod?token=x");
        await client.SendTextAsync("""{"action":"ping"}""");
        var text = await client.ReadTextAsync();
        await client.CloseAsync();
        return text;
    }

    private static async Task<JsonNode> AskAsync(ControlGateway gateway, string path)
    {
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync(new Uri(gateway.Url + path), TestContext.Current.CancellationToken))!;
    }

    private void Write(string name) =>
        _directory.Write("main.tf", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ControlPlane", "Terraform", name)));

    private async Task RunAsync(int exitCode, params string[] arguments)
    {
        var start = new ProcessStartInfo("terraform", arguments)
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TF_CLI_CONFIG_FILE"] = Path.Combine(_directory.Path, "terraform.rc");
        start.Environment["CHECKPOINT_DISABLE"] = "1";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(process.ExitCode == exitCode, $"terraform {arguments[0]} ended with {process.ExitCode}:\n{await output}\n{await errors}");
    }

    private static async Task<bool> HasTerraformAsync()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("terraform", ["version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
