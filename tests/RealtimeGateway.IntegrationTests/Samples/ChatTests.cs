using System.Runtime.CompilerServices;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.Samples;

/// <summary>The chat as a new user starts it: one command, then two windows of a real browser.</summary>
public sealed class ChatTests
{
    [Fact]
    public async Task TwoPages_TalkToEachOther_InABrowser()
    {
        var node = Tools.Require("node");
        var chromium = Tools.Require("chromium", "chromium-browser", "google-chrome");
        var clients = Path.Combine(Repository(), "tests", "node");
        Assert.SkipUnless(Directory.Exists(Path.Combine(clients, "node_modules")), "tests/node has no node_modules: run 'npm ci' there.");

        using var directory = new TemporaryDirectory();
        var program = ServerProcess.ProgramPath("samples", "chat", "Chat.dll");
        const string AnyPort = "http://127.0.0.1:0";
        await using var chat = ServerProcess.RunProgram(
            "dotnet", directory.Path, [], program, "--url", AnyPort, "--data-url", AnyPort, "--admin-url", AnyPort);
        var page = (await chat.WaitForAsync(@"Chat is ready: open (\S+)")).Groups[1].Value;

        // The screenshots are an artefact of the test: people look at them, nothing compares them.
        var screenshots = Path.Combine(AppContext.BaseDirectory, "TestResults", "chat");
        await using var pages = ServerProcess.RunProgram(
            node, clients, [], "chat-two-pages.mjs", "--url", page, "--chromium", chromium, "--screenshots", screenshots);
        var exitCode = await pages.ExitAsync();

        Assert.True(exitCode == 0, $"{pages.Output}\n{pages.Error}\n{chat.Output}\n{chat.Error}");
        Assert.Contains("\"passed\"", pages.Output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(screenshots, "*.png"));
    }

    private static string Repository([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
