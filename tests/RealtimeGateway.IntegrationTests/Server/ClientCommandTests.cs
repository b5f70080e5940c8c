using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary>The commands to a running gateway, each in a process of its own.</summary>
public sealed class ClientCommandTests : IAsyncLifetime
{
    private const string File = """
        apis:
          chat:
            integrations:
              pong: { type: MOCK, requestTemplates: '{"statusCode":200}', responses: { $default: '{"pong":[1,true]}' } }
              back: { type: HTTP_PROXY, uri: "http://127.0.0.1:1/x?key=hidden", secret: hunter2 }
            routes:
              ping: { target: pong, routeResponse: true }
              other: back
            stages: { prod: { allowBinary: true }, dev: }
          silent:
            routes: { $default: }
            stages: { prod: }
        apiKeys: { alice: a-key-of-twenty-characters }
        """;

    private readonly TemporaryDirectory _directory = new();
    private ServerProcess _server = null!;
    private Uri _data = null!;
    private Uri _admin = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _directory.Write("gateway.yaml", File);
        _server = await ServerProcess.StartAsync(_directory.Path);
        _data = await _server.AddressAsync("data");
        _admin = await _server.AddressAsync("admin");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Apis_ForPrograms_TellsStagesAndAddresses()
    {
        var (code, output, _) = await RunAsync("apis");

        Assert.Equal(0, code);
        Assert.Equal(
            $"chat\tchat\tprod\tws://{_data.Authority}/chat/prod\nchat\tchat\tdev\tws://{_data.Authority}/chat/dev\nsilent\tsilent\tprod\tws://{_data.Authority}/silent/prod\n",
            output.TrimEnd('\n') + '\n');
    }

    [Fact]
    public async Task Routes_AsJson_TellsWhatIsCalledWithoutSecrets()
    {
        var (code, output, _) = await RunAsync("routes", "chat", "--json");

        var routes = Lines(output);
        Assert.Equal(0, code);
        Assert.Equal(["ping MOCK True", "other HTTP_PROXY False"], routes.Select(route => $"{route["routeKey"]} {route["type"]} {(bool)route["answers"]!}"));
        Assert.DoesNotContain("hidden", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_UnknownApi_IsTold()
    {
        var (code, _, error) = await RunAsync("routes", "nope");

        Assert.Equal((1, "There is no API 'nope'; there are: chat, silent"), (code, error.Trim()));
    }

    [Fact]
    public async Task Connections_ListGetPostClose_ReachTheClient()
    {
        using var client = await ConnectAsync("chat/prod");
        using var other = await ConnectAsync("silent/prod");

        var listed = Lines((await RunAsync("connections", "list", "--api", "chat", "--json")).Output);
        var entry = Assert.Single(listed);
        var id = (string)entry["connectionId"]!;
        Assert.Equal(("chat", "prod", "127.0.0.1"), ((string?)entry["apiId"], (string?)entry["stage"], (string?)entry["sourceIp"]));

        var (_, described, _) = await RunAsync("connections", "get", "--", id);
        Assert.Equal("127.0.0.1", (string?)JsonNode.Parse(described)!["identity"]!["sourceIp"]);

        Assert.Equal(0, (await RunAsync("connections", "post", "--", id, """{"hello":"wörld"}""")).Code);
        Assert.Equal((WebSocketMessageType.Text, """{"hello":"wörld"}"""), await ReceiveAsync(client));

        var file = _directory.Write("message.bin", "from a file");
        Assert.Equal(0, (await RunAsync("connections", "post", "--file", file, "--binary", "--api", "chat", "--stage", "prod", "--", id)).Code);
        Assert.Equal((WebSocketMessageType.Binary, "from a file"), await ReceiveAsync(client));

        var close = RunAsync("connections", "close", "--", id);
        Assert.Equal(WebSocketMessageType.Close, (await ReceiveAsync(client)).Type);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        Assert.Equal(0, (await close).Code);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);

        var (code, _, error) = await RunAsync("connections", "get", "--", id);
        Assert.Equal((1, "404 NotFoundException: This node has no such connection."), (code, error.Trim()));
        (code, _, error) = await RunAsync("connections", "get", "--api", "chat", "--stage", "prod", "--", id);
        Assert.Equal((1, "410 GoneException: the connection has ended, or never was"), (code, error.Trim()));
    }

    [Fact]
    public async Task Connections_List_GoesThroughAllPages()
    {
        var clients = new List<ClientWebSocket>();
        for (var i = 0; i < 7; i++)
        {
            clients.Add(await ConnectAsync(i % 2 == 0 ? "chat/prod" : "chat/dev"));
        }

        using var http = new HttpClient();
        var ids = new List<string>();
        string? next = null;
        var pages = 0;
        do
        {
            var page = JsonNode.Parse(await http.GetStringAsync(new Uri(_admin, $"/gateway/connections?limit=3{(next is null ? "" : $"&after={Uri.EscapeDataString(next)}")}"), Cancellation))!;
            ids.AddRange(page["connections"]!.AsArray().Select(entry => (string)entry!["connectionId"]!));
            next = (string?)page["next"];
            pages++;
        }
        while (next is not null);

        Assert.Equal((3, 7, 7), (pages, ids.Count, ids.Distinct().Count()));
        Assert.Equal(3, Lines((await RunAsync("connections", "list", "--stage", "dev", "--json")).Output).Count);
        var (_, output, error) = await RunAsync("connections", "list", "--limit", "2");
        Assert.Equal(2, output.Trim().Split('\n').Length);
        Assert.Contains($"--after '{ids[1]}'", error, StringComparison.Ordinal);
        foreach (var bad in new[] { "limit=0", "limit=1001", "limit=x", "after=x", "api=X" })
        {
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.GetAsync(new Uri(_admin, $"/gateway/connections?{bad}"), Cancellation)).StatusCode);
        }

        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Export_RunningGateway_LoadsElsewhereWithTheSecretsNamed()
    {
        var (code, output, _) = await RunAsync("export");

        Assert.Equal(0, code);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
        Assert.DoesNotContain("a-key-of-twenty-characters", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", output, StringComparison.Ordinal);
        var secrets = new Dictionary<string, string>
        {
            ["APIS_CHAT_INTEGRATIONS_BACK_SECRET"] = "hunter2",
            ["APIS_CHAT_INTEGRATIONS_BACK_URI"] = "http://127.0.0.1:1/x?key=hidden",
            ["APIKEYS_ALICE_VALUE"] = "a-key-of-twenty-characters",
        };
        var read = GatewayFile.Parse(output, "exported", secrets.GetValueOrDefault);
        Assert.Empty(read.Errors);
        Assert.Equal((await RunAsync("export", "--with-secrets")).Output, RealtimeGateway.Configuration.Writing.GatewayFileWriter.Write(read.Configuration!, withSecrets: true) + "\n");
        Assert.Equal((await RunAsync("export", "gateway.yaml")).Output, output);
    }

    [Theory]
    [InlineData("apis", "--admin-url", "ftp://x")]
    [InlineData("connections", "list", "--limit", "0")]
    [InlineData("connections", "get", "x", "--api", "chat")]
    [InlineData("connect", "chat/prod", "-H", "nothing")]
    public async Task WrongArguments_AreTold(params string[] arguments)
    {
        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, arguments);

        Assert.Equal(1, code);
        Assert.NotEmpty(error.Trim());
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apis_NobodyThere_SaysSo()
    {
        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, "apis", "--admin-url", "http://127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.StartsWith("There is no answer from http://127.0.0.1:1:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connections", "post", "connections post 'L0SM9cOFvHcCIhwAAA=='")]
    [InlineData("connect", null, "connect chat/prod --json < messages.jsonl")]
    public async Task Help_EndsInExamples(string command, string? subcommand, string example)
    {
        var (code, output, _) = await ServerProcess.RunToEndAsync(_directory.Path, [.. new[] { command, subcommand, "--help" }.OfType<string>()]);

        Assert.Equal(0, code);
        Assert.Contains("Examples:\n", output, StringComparison.Ordinal);
        Assert.Contains(example, output, StringComparison.Ordinal);
    }

    private static List<JsonObject> Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        // Options go before a "--", behind which everything is taken for an argument.
        var end = Array.IndexOf(arguments, "--");
        string[] urls = ["--admin-url", _admin.AbsoluteUri, "--url", _data.AbsoluteUri];
        return RunToEndAsync(end < 0 ? [.. arguments, .. urls] : [.. arguments[..end], .. urls, .. arguments[end..]]);
    }

    private async Task<(int Code, string Output, string Error)> RunToEndAsync(string[] arguments) =>
        await ServerProcess.RunToEndAsync(_directory.Path, arguments);

    private async Task<ClientWebSocket> ConnectAsync(string stage)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{_data.Authority}/{stage}"), Cancellation);
        return client;
    }

    private static async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync(ClientWebSocket client)
    {
        var buffer = new byte[1000];
        var received = await client.ReceiveAsync(buffer, Cancellation).WaitAsync(ServerProcess.Patience, Cancellation);
        return (received.MessageType, Encoding.UTF8.GetString(buffer, 0, received.Count));
    }
}
