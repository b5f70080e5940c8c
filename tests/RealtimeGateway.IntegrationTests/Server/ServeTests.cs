using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace RealtimeGateway.IntegrationTests.Server;

public sealed class ServeTests : IDisposable
{
    private const string Chat = """
        apis:
          chat:
            integrations:
              pong: { type: MOCK, requestTemplates: '{"statusCode":200}', responses: { $default: pong } }
            routes:
              ping: { target: pong, routeResponse: true }
            stages:
              prod:
        """;

    private static readonly string[] FreePorts = ["--data-url", "http://127.0.0.1:0", "--admin-url", "http://127.0.0.1:0"];

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Serve_DefaultFile_AnswersClientsWhereTheReportSays()
    {
        _directory.Write("gateway.yaml", Chat);
        await using var server = await ServerProcess.StartAsync(_directory.Path);

        var url = (await server.WaitForAsync(@"(ws://\S+/chat/prod)  or (ws://\S+/prod)\n  http://\S+/chat/prod/@connections\n")).Groups;

        Assert.Contains("ping  pong: MOCK, answers", server.Output, StringComparison.Ordinal);
        Assert.Equal("pong", await AskAsync(url[1].Value));
        Assert.Equal("pong", await AskAsync(url[2].Value));
    }

    [Fact]
    public async Task Serve_TwoListeners_EachAnswersOnlyItsOwnWhateverTheHostSays()
    {
        _directory.Write("gateway.yaml", Chat);
        await using var server = await ServerProcess.StartAsync(_directory.Path);
        var data = await server.AddressAsync("data");
        var admin = await server.AddressAsync("admin");

        foreach (var host in new[] { data.Authority, admin.Authority, "localhost", "admin" })
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(admin, "/healthz", host)).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(admin, "/readyz", host)).Status);
            Assert.Equal((HttpStatusCode.Forbidden, """{"message":"Forbidden"}"""), await GetAsync(data, "/healthz", host));
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(data, "/readyz", host)).Status);
            Assert.Equal((HttpStatusCode.NotFound, ""), await GetAsync(admin, "/chat/prod/@connections/AAAAAAAAAAAAAAAAAA==", host));
            Assert.Equal((HttpStatusCode.NotFound, ""), await GetAsync(admin, "/anything", host));
        }

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => AskAsync($"ws://{admin.Authority}/chat/prod"));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FileChanges_TakesTheGoodAndTellsTheBad()
    {
        var file = _directory.Write("my.yaml", Chat);
        await using var server = await ServerProcess.StartAsync(_directory.Path, "my.yaml");
        var data = await server.AddressAsync("data");

        File.WriteAllText(file, Chat.Replace("prod:", "next:", StringComparison.Ordinal));
        await server.WaitForAsync(@"(?s)my\.yaml has taken over.*my\.yaml has taken over");
        Assert.Equal("pong", await AskAsync($"ws://{data.Authority}/next"));
        await Assert.ThrowsAsync<WebSocketException>(() => AskAsync($"ws://{data.Authority}/prod"));

        File.WriteAllText(file, Chat.Replace("target: pong", "target: nowhere", StringComparison.Ordinal).Replace("prod:", "prod: { limit: {} }", StringComparison.Ordinal));
        await server.WaitForAsync(@"my\.yaml:8:15: unknown member 'limit'; did you mean 'limits'\?");
        Assert.Equal("pong", await AskAsync($"ws://{data.Authority}/next"));

        File.WriteAllText(file, Chat.Replace("target: pong", "target: nowhere", StringComparison.Ordinal));
        await server.WaitForAsync(@"my\.yaml:6:23: apis\.chat\.routes\.ping\.target: There is no integration 'nowhere'");
        var (status, body) = await GetAsync(await server.AddressAsync("admin"), "/readyz", "admin");
        var state = JsonNode.Parse(body)!["file"]!;
        Assert.Equal((HttpStatusCode.OK, 2, 2, 1), (status, (int)state["taken"]!, (int)state["refused"]!, state["errors"]!.AsArray().Count));

        File.WriteAllText(file, Chat);
        await server.WaitForAsync(@"(?s)(my\.yaml has taken over.*){3}");
        Assert.Equal("pong", await AskAsync($"ws://{data.Authority}/prod"));
    }

    [Fact]
    public async Task Serve_BadFile_DoesNotStartAndTellsEveryMistake()
    {
        _directory.Write("bad.yaml", "apis:\n  chat:\n    rotues: {}\n    stages: { prod: { allowBinary: yes } }\n");

        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, [.. FreePorts, "bad.yaml"]);

        Assert.Equal(1, code);
        Assert.Equal(
            "bad.yaml:3:5: unknown member 'rotues'; did you mean 'routes'?\nbad.yaml:4:36: 'yes' is no boolean; write true\n",
            error.TrimEnd('\n') + '\n');
    }

    [Fact]
    public async Task Serve_NamedFileIsMissing_DoesNotStart()
    {
        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, [.. FreePorts, "missing.yaml"]);

        Assert.Equal(1, code);
        Assert.Contains("missing.yaml:1:1: there is no such file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_NoFile_StartsEmptyAndIsNotReady()
    {
        await using var server = await ServerProcess.StartAsync(_directory.Path);

        Assert.Contains("warning: no configuration file: only what tools have deployed is served. Write ./gateway.yaml", server.Output, StringComparison.Ordinal);
        var admin = await server.AddressAsync("admin");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(admin, "/healthz", "x")).Status);
        var (status, body) = await GetAsync(admin, "/readyz", "x");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no configuration is loaded"), (status, (string?)JsonNode.Parse(body)!["reason"]));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Serve_Signal_ClosesClientsAndExitsWithZero(string signal)
    {
        _directory.Write("gateway.yaml", Chat);
        await using var server = await ServerProcess.StartAsync(_directory.Path, "--drain-time", "0");
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{(await server.AddressAsync("data")).Authority}/prod"), Cancellation);

        var exit = server.SignalAsync(signal);
        var received = await client.ReceiveAsync(new byte[100], Cancellation).WaitAsync(ServerProcess.Patience, Cancellation);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);

        Assert.Equal((WebSocketMessageType.Close, 1001), (received.MessageType, (int?)received.CloseStatus));
        Assert.Equal(0, await exit);
    }

    [Fact]
    public async Task Serve_Settings_CommandLineBeforeEnvironmentBeforeAppSettings()
    {
        _directory.Write("from-settings.yaml", Chat);
        _directory.Write("appsettings.json", """{ "Gateway": { "DataUrl": "nonsense", "AdminUrl": "nonsense", "File": "from-settings.yaml" } }""");
        var environment = new Dictionary<string, string> { ["Gateway__DataUrl"] = "http://127.0.0.1:0", ["Gateway__AdminUrl"] = "http://elsewhere:0" };

        await using var server = ServerProcess.Run(_directory.Path, environment, "--admin-url", "http://localhost:0");

        Assert.NotEqual(0, (await server.AddressAsync("data")).Port);
        Assert.Equal("localhost", (await server.AddressAsync("admin")).Host);
        await server.WaitForAsync("file   from-settings.yaml");
    }

    [Fact]
    public async Task Serve_BadSettings_TellsAll()
    {
        var directory = _directory.Write("data", "a file");

        var (code, _, error) = await ServerProcess.RunToEndAsync(
            _directory.Path, "--data-url", "127.0.0.1", "--admin-url", "http://admin.example:1", "--data-dir", directory);

        Assert.Equal(1, code);
        Assert.Contains("--data-url (Gateway:DataUrl): '127.0.0.1' is no URL to listen on; write for example http://127.0.0.1:8080", error, StringComparison.Ordinal);
        Assert.Contains("--admin-url (Gateway:AdminUrl): 'admin.example' is neither an IP address of this machine", error, StringComparison.Ordinal);
        Assert.Contains("is a file; name a directory", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PortIsTaken_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, "--data-url", $"http://{taken.LocalEndpoint}", "--admin-url", "http://127.0.0.1:0");

        Assert.Equal(1, code);
        Assert.Contains("the gateway cannot start", error, StringComparison.Ordinal);
        Assert.Contains("address already in use", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Https_SpeaksHttp2WithKestrelsCertificate()
    {
        _directory.Write("gateway.yaml", Chat);
        var environment = new Dictionary<string, string> { ["Kestrel__Certificates__Default__Path"] = WriteCertificate(), ["Kestrel__Certificates__Default__Password"] = "pw" };
        await using var server = ServerProcess.Run(_directory.Path, environment, "--data-url", "https://127.0.0.1:0", "--admin-url", "https://127.0.0.1:0");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(await server.AddressAsync("admin"), "/healthz"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await _http.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Empty(answer.Headers.Server);
        Assert.Contains($"wss://{(await server.AddressAsync("data")).Authority}/chat/prod", server.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(await server.AddressAsync("data"), "/healthz", "x")).Status);
    }

    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var path = Path.Combine(_directory.Path, "certificate.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "pw"));
        return path;
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(Uri listener, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(listener, path));
        request.Headers.Host = host;
        using var answer = await _http.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task<string> AskAsync(string url)
    {
        using var timeLimit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeLimit.CancelAfter(ServerProcess.Patience);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri(url), timeLimit.Token);
        await client.SendAsync("""{"action":"ping"}"""u8.ToArray(), WebSocketMessageType.Text, true, timeLimit.Token);
        var buffer = new byte[1000];
        var received = await client.ReceiveAsync(buffer, timeLimit.Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
