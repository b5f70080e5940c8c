using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.BackEnds;

/// <summary>
/// Back ends as people have them for Amazon API Gateway, unchanged: the sample samples/back-ends over real sockets.
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-chat-app.html shows the like).
/// </summary>
public sealed class BackEndTests
{
    /// <summary>A function whose SDK pushes to <c>https://{domainName}/{stage}</c>, as AWS's samples do.</summary>
    [Fact]
    public async Task Function_PushesToTheEndpointOfItsEvent()
    {
        await using var gateway = await StartAsync("functions");
        await using var front = new TlsFront(gateway.Port);
        await using var host = new LambdaHost(Repository.PathOf("samples", "back-ends", "lambda", "chat.js"), "--trust-any");
        gateway.Backend.Answer = host.InvokeAsync;
        using var ann = await ConnectAsync(gateway, front);
        using var bob = await ConnectAsync(gateway, front);
        await ann.SendTextAsync("""{"action":"sendMessage","message":"hello \u00fc"}""");

        Assert.Equal("hello ü", await ann.ReadTextAsync());
        Assert.Equal("hello ü", await bob.ReadTextAsync());
        Assert.StartsWith("Unknown action, ", await bob.AskAsync("""{"action":"other"}"""), StringComparison.Ordinal);
        await bob.CloseAsync();
        await ann.SendTextAsync("""{"action":"sendMessage","message":"alone"}""");
        Assert.Equal("alone", await ann.ReadTextAsync());
    }

    /// <summary>A function that leaves the endpoint to <c>AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI</c>.</summary>
    [Fact]
    public async Task Function_PushesToTheEndpointOfItsEnvironment()
    {
        await using var gateway = await StartAsync("functions");
        await using var host = new LambdaHost(
            Repository.PathOf("samples", "back-ends", "lambda", "answer.js"), "--endpoint", $"http://127.0.0.1:{gateway.Port}/functions/prod");
        gateway.Backend.Answer = host.InvokeAsync;
        using var client = await gateway.ConnectAsync("/functions/prod");
        Assert.Equal("You are 127.0.0.1", await client.AskAsync("""{"action":"sendMessage"}"""));
    }

    /// <summary>A service of its own in another language, told by headers.</summary>
    [Fact]
    public async Task Service_AnswersEachMessage()
    {
        await using var service = NodeScript.Start(Repository.PathOf("samples", "back-ends", "http-service.mjs"), "0");
        var url = (await service.NextAsync("listening"))["url"]!.ToString();
        await using var gateway = await StartAsync("service", url);
        using var stranger = await gateway.ConnectAsync("/service/prod");
        Assert.Equal(401, stranger.Status);
        Assert.Equal("Say who you are: ?name=…", Encoding.UTF8.GetString(stranger.Body));

        using var client = await gateway.ConnectAsync("/service/prod?name=ann");
        Assert.Equal("""{"from":"ann","said":"hello"}""", await client.AskAsync("""{"text":"hello"}"""));
    }

    /// <summary>An API of templates alone.</summary>
    [Fact]
    public async Task Mock_DecidesAndAnswersByTemplates()
    {
        await using var gateway = await StartAsync("mock");
        using var stranger = await gateway.ConnectAsync("/mock/prod?token=please");
        Assert.Equal(401, stranger.Status);

        using var client = await gateway.ConnectAsync("/mock/prod?token=open%20sesame");
        var answer = JsonNode.Parse(await client.AskAsync("""{"action":"sum","numbers":[1,2,39]}"""))!;
        Assert.Equal(42, answer["sum"]!.GetValue<int>());
        Assert.Equal(gateway.TheConnection().Id.ToString(), answer["for"]!.ToString());
        Assert.Equal("""{"error": "Give me numbers."}""", await client.AskAsync("""{"action":"sum","numbers":[]}"""));
        Assert.StartsWith("""{"message": "Forbidden",""", await client.AskAsync("""{"action":"other"}"""), StringComparison.Ordinal);
    }

    private static Task<TestGateway> StartAsync(string defaultApi, string serviceUrl = "http://127.0.0.1:9")
    {
        var path = Repository.PathOf("samples", "back-ends", "gateway.yaml");
        var configuration = Repository.Configuration(File.ReadAllText(path), path, name => name == "SERVICE_URL" ? serviceUrl : null);
        return TestGateway.StartAsync(_ => configuration with { DefaultApi = ApiId.Parse(defaultApi) });
    }

    /// <summary>Connects as if through TLS: what matters is the name that the client calls the gateway by.</summary>
    private static async Task<RawWebSocket> ConnectAsync(TestGateway gateway, TlsFront front)
    {
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        var request = RawWebSocket.Request(gateway.Port, "/prod")
            .Replace($"Host: 127.0.0.1:{gateway.Port}", $"Host: localhost:{front.Port}", StringComparison.Ordinal);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(request));
        await client.ReadHeadAsync();
        Assert.Equal(101, client.Status);
        return client;
    }
}
