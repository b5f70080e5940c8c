using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary><c>connect --json</c> as scripts use it.</summary>
public sealed class ConnectCommandTests : IAsyncLifetime
{
    private const string File = """
        apis:
          chat:
            integrations:
              pong: { type: MOCK, requestTemplates: '{"statusCode":200}', responses: { $default: '{"pong":1}' } }
              no: { type: MOCK, requestTemplates: '{"statusCode":401}', responses: { $default: nobody } }
            routes:
              ping: { target: pong, routeResponse: true }
              $default: { target: pong, routeResponse: true }
            stages: { prod: { allowBinary: true }, strict: }
          closed:
            integrations:
              no: { type: MOCK, requestTemplates: '{"statusCode":401}', responses: { $default: '{"statusCode":401}' } }
            routes: { $connect: no }
            stages: { prod: }
        """;

    private readonly TemporaryDirectory _directory = new();
    private ServerProcess _server = null!;
    private Uri _data = null!;

    public async ValueTask InitializeAsync()
    {
        _directory.Write("gateway.yaml", File);
        _server = await ServerProcess.StartAsync(_directory.Path, "--drain-time", "0");
        _data = await _server.AddressAsync("data");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Connect_Lines_AreSentAndAnswersPrinted()
    {
        var (code, lines, _) = await ConnectAsync("{\"action\":\"ping\"}\n/ping hello\n//slash\n/binary AAE=\n", "chat/prod", "--wait", "30", "--count", "3");

        Assert.Equal(0, code);
        Assert.Equal("open", (string?)lines[0]["type"]);
        Assert.Equal($"ws://{_data.Authority}/chat/prod", (string?)lines[0]["url"]);
        Assert.Equal(3, lines.Count(line => (string?)line["type"] == "text" && (string?)line["data"] == """{"pong":1}"""));
        Assert.Equal("hello", (string?)Assert.Single(lines, line => (string?)line["type"] == "pong")["data"]);
        Assert.Equal((1000, "client"), ((int)lines[^1]["code"]!, (string?)lines[^1]["by"]));
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)line["time"]));
    }

    [Fact]
    public async Task Connect_FileCommand_SendsBinaryAndServersCloseIsTheExitCode()
    {
        System.IO.File.WriteAllBytes(Path.Combine(_directory.Path, "bytes"), [0xFF, 0x00]);

        // This stage takes no binary messages.
        var (code, lines, _) = await ConnectAsync("/file bytes\n", "chat/strict", "--wait", "30");

        Assert.Equal(3, code);
        Assert.Equal(("close", 1003, "server"), ((string?)lines[^1]["type"], (int)lines[^1]["code"]!, (string?)lines[^1]["by"]));
    }

    [Fact]
    public async Task Connect_CloseCommand_SendsCodeAndReason()
    {
        var (code, lines, _) = await ConnectAsync("/close 4001 good bye\n", "chat/prod");

        Assert.Equal(0, code);
        Assert.Equal((4001, "good bye", "client"), ((int)lines[^1]["code"]!, (string?)lines[^1]["reason"], (string?)lines[^1]["by"]));
    }

    [Theory]
    [InlineData("/nope", "there is no command /nope")]
    [InlineData("/close 1005", "'1005' is no close code")]
    [InlineData("/close 99999 x", "'99999' is no close code")]
    [InlineData("/binary ###", "/binary needs base64")]
    [InlineData("/file", "/file needs a path")]
    [InlineData("/file missing", "missing cannot be read")]
    public async Task Connect_WrongLine_IsToldAndTheNextIsSent(string line, string complaint)
    {
        var (code, lines, _) = await ConnectAsync($"{line}\n{{\"action\":\"ping\"}}\n", "chat/prod", "--count", "1", "--wait", "30");

        Assert.Equal(0, code);
        Assert.StartsWith(complaint, (string?)Assert.Single(lines, one => (string?)one["type"] == "error")["message"], StringComparison.Ordinal);
        Assert.Single(lines, one => (string?)one["type"] == "text");
    }

    [Fact]
    public async Task Connect_Refused_ExitsWithTwo()
    {
        var (code, lines, _) = await ConnectAsync("", "closed/prod");

        Assert.Equal(2, code);
        Assert.Equal(("refused", 401), ((string?)lines.Single()["type"], (int)lines.Single()["status"]!));
    }

    [Fact]
    public async Task Connect_NobodyThere_ExitsWithOne()
    {
        var (code, lines, _) = await ConnectAsync("", "ws://127.0.0.1:1/x");

        Assert.Equal((1, "error"), (code, (string?)lines.Single()["type"]));
    }

    [Fact]
    public async Task Connect_ServerStops_TellsItsClose()
    {
        await using var client = Start("chat/prod", "--wait", "60");
        await client.WaitForAsync("\"open\"");
        var stopped = _server.SignalAsync("TERM");

        Assert.Equal(3, await client.ExitAsync());
        Assert.Contains("\"code\":1001,\"reason\":\"Shutdown\",\"by\":\"server\"", client.Output, StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task Connect_HeadersAndSubprotocols_GoWithTheHandshake()
    {
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Lambda(null));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"chat.v2"}}"""));

        var (code, lines, _) = await ConnectAsync("/quit\n", $"ws://127.0.0.1:{gateway.Port}/prod", "-H", "X-Mine: yes", "-s", "chat.v1", "-s", "chat.v2");

        var headers = (await gateway.Backend.NextAsync("CONNECT")).Json["headers"]!;
        Assert.Equal(("yes", "chat.v1, chat.v2"), ((string?)headers["X-Mine"], (string?)headers["Sec-WebSocket-Protocol"]));
        Assert.Equal((0, "chat.v2"), (code, (string?)lines[0]["subprotocol"]));
    }

    private ServerProcess Start(params string[] arguments) =>
        ServerProcess.Run(_directory.Path, [], ["connect", .. arguments, "--url", _data.AbsoluteUri]);

    private async Task<(int Code, List<JsonObject> Lines, string Error)> ConnectAsync(string input, params string[] arguments)
    {
        await using var client = Start(arguments);
        await client.InputAsync(input);
        var code = await client.ExitAsync();
        return (code, [.. client.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())], client.Error);
    }
}
