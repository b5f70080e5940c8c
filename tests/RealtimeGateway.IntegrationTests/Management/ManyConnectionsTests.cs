using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.IntegrationTests.Access;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Signing;
using RealtimeGateway.Tests.Diagnostics;

namespace RealtimeGateway.IntegrationTests.Management;

/// <summary><c>POST /{stage}/@connections</c>: one message to many connections.</summary>
public sealed class ManyConnectionsTests
{
    private const string Unknown = "AAAAAAAAAAAAAAAAAA==";

    [Theory]
    [InlineData("/prod/@connections")]
    [InlineData("/prod/%40connections")]
    [InlineData("/chat/prod/@connections?x=y")]
    public async Task Posts_ToEach_AndNamesThoseThatAreGone(string path)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        var (clients, ids) = await ConnectAsync(gateway, 3);
        using var answer = await PostAsync(gateway, Body([ids[0], Unknown, ids[1], ids[2]], "h\u00e9llo \"you\" \ud83d\ude00"), path: path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal($$"""{"queued":3,"gone":["{{Unknown}}"]}""", await TextOf(answer));
        Assert.NotEmpty(answer.Headers.GetValues("x-amzn-RequestId").Single());
        foreach (var client in clients)
        {
            Assert.Equal("h\u00e9llo \"you\" \ud83d\ude00", await client.ReadTextAsync());
            client.Dispose();
        }

        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Posts_Binary_WhereAskedAndAllowed()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(static stage => stage with { AllowBinary = true }));
        var (clients, ids) = await ConnectAsync(gateway, 2);
        byte[] bytes = [0, 255, 128, 10];
        var body = new JsonObject { ["connectionIds"] = new JsonArray(ids[0], ids[1]), ["base64"] = Convert.ToBase64String(bytes) }.ToJsonString();
        using var asText = await PostAsync(gateway, body);
        Assert.Equal(HttpStatusCode.BadRequest, asText.StatusCode);
        using var answer = await PostAsync(gateway, body, ("x-rg-message-type", "binary"));
        Assert.Equal("""{"queued":2}""", await TextOf(answer));
        using var words = await PostAsync(gateway, Body([ids[0]], "words"), ("x-rg-message-type", "binary"));
        Assert.Equal("""{"queued":1}""", await TextOf(words));
        foreach (var client in clients)
        {
            var frame = await client.ReadFrameAsync();
            Assert.Equal(Op.Binary, frame!.Opcode);
            Assert.Equal(bytes, frame.Payload);
        }

        Assert.Equal("words", (await clients[0].ReadFrameAsync())!.Text);
        Dispose(clients);
    }

    [Fact]
    public async Task Posts_LongMessage_InFragments()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        var (clients, ids) = await ConnectAsync(gateway, 2);
        var text = new string('l', 128 * 1024);
        using var answer = await PostAsync(gateway, Body(ids, text));
        Assert.Equal("""{"queued":2}""", await TextOf(answer));
        foreach (var client in clients)
        {
            var read = new StringBuilder();
            while (await client.ReadFrameAsync() is { } frame)
            {
                read.Append(frame.Text);
                if (frame.IsFinal)
                {
                    break;
                }
            }

            Assert.Equal(text, read.ToString());
        }

        using var over = await PostAsync(gateway, Body(ids, text + "x"));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, ""), (over.StatusCode, await TextOf(over)));
        using var farOver = await PostAsync(gateway, new string(' ', 3_000_000) + Body(ids, "x"));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, ""), (farOver.StatusCode, await TextOf(farOver)));
        Dispose(clients);
    }

    [Fact]
    public async Task Names_ClientsThatReadTooSlowly_AsLimited_AndServesTheOthers()
    {
        var limits = new StageLimits { PingInterval = TimeSpan.Zero, MaxQueuedBytes = 256 * 1024 };
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Silent(stage => stage with { Limits = limits }));
        using var slow = await RawWebSocket.OpenAsync(gateway.Port, receiveBuffer: 8 * 1024);
        await slow.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        await slow.ReadHeadAsync();
        var slowId = gateway.TheConnection().Id.ToString();
        using var good = await gateway.ConnectAsync();
        var goodId = IdsOf(gateway).Single(id => id != slowId);
        var text = new string('p', 60_000);
        var accepted = 0;
        string answered;
        do
        {
            using var answer = await PostAsync(gateway, Body([slowId, goodId], $"{accepted}|{text}"));
            answered = await TextOf(answer);
            Assert.StartsWith($"{accepted}|", await ReadMessageAsync(good), StringComparison.Ordinal);
            accepted++;
            Assert.True(accepted < 2000, "The queue has no end.");
        }
        while (answered == """{"queued":2}""");

        Assert.Equal($$"""{"queued":1,"limited":["{{slowId}}"]}""", answered);
        Assert.InRange(gateway.Budget.UsedBytes, 1, limits.MaxQueuedBytes);
        // Promise P1: what was queued arrives, in order.
        for (var i = 0; i < accepted - 1; i++)
        {
            Assert.StartsWith($"{i}|", await ReadMessageAsync(slow), StringComparison.Ordinal);
        }

        await Patience.Until(() => gateway.Budget.UsedBytes == 0, "the queue is empty");
    }

    [Fact]
    public async Task Posts_ToTenThousandIds_AndNoMore()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        var (clients, ids) = await ConnectAsync(gateway, 1);
        var many = Enumerable.Range(0, 10_000).Select(i => i % 100 == 99 ? ids[0] : ConnectionId.Create(7, [0, 0, 0, 0, 0, 0, 0, (byte)(i >> 8), (byte)i]).ToString()).ToArray();
        using var answer = await PostAsync(gateway, Body(many, "x"));
        var body = JsonNode.Parse(await TextOf(answer))!;
        Assert.Equal(100, (int)body["queued"]!);
        Assert.Equal(many.Where(id => id != ids[0]), body["gone"]!.AsArray().Select(static id => (string)id!));
        Assert.Equal(2, body.AsObject().Count);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("x", await clients[0].ReadTextAsync());
        }

        using var over = await PostAsync(gateway, Body([.. many, Unknown], "x"));
        Assert.Equal(HttpStatusCode.BadRequest, over.StatusCode);
        Assert.Equal("""{"message":"connectionIds[10000]: There may be 10000 of them."}""", await TextOf(over));
        Dispose(clients);
    }

    [Theory]
    [InlineData("", "The body is not JSON at line 1, byte 1.")]
    [InlineData("""{"connectionIds":["x"],"data":"y"}""", "connectionIds[0]: Invalid connectionId: x")]
    [InlineData("""{"connectionIds":[],"data":"y","to":"all"}""", "\\\"to\\\" is none of connectionIds, data and base64.")]
    public async Task Refuses_MalformedBodies_AndSaysWhere(string body, string message)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var answer = await PostAsync(gateway, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("BadRequestException", answer.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal($$"""{"message":"{{message}}"}""", await TextOf(answer));
    }

    /// <summary>What AWS has nothing at is forbidden still.</summary>
    [Theory]
    [InlineData("GET", "/prod/@connections", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/prod/@connections", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/nowhere/@connections", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/prod/@connections/", HttpStatusCode.BadRequest)]
    public async Task Leaves_OtherCalls_AsTheyWere(string method, string path, HttpStatusCode expected)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Takes_OneTokenForEachConnection_AndNamesTheRestAsLimited()
    {
        await using var gateway = await TestGateway.StartAsync(
            static _ => Configurations.Silent() with { AccountSettings = new() { ThrottlingRateLimit = 0.001, ThrottlingBurstLimit = 5 } });
        var (clients, ids) = await ConnectAsync(gateway, 2);
        using var some = await PostAsync(gateway, Body([ids[0], ids[0], ids[0], ids[1], ids[1]], "x"));
        // The two connects have taken a token each.
        Assert.Equal($$"""{"queued":3,"limited":["{{ids[1]}}","{{ids[1]}}"]}""", await TextOf(some));
        using var none = await PostAsync(gateway, Body(ids, "y"));
        Assert.Equal(HttpStatusCode.TooManyRequests, none.StatusCode);
        Assert.Equal("LimitExceededException", none.Headers.GetValues("x-amzn-ErrorType").Single());
        using var nobody = await PostAsync(gateway, Body([], "y"));
        Assert.Equal("""{"queued":0}""", await TextOf(nobody));
        Dispose(clients);
    }

    [Theory]
    [InlineData("Idempotency-Key")]
    [InlineData("amz-sdk-invocation-id")]
    public async Task Sends_RepeatOfAKeyedCall_OnceToEach(string header)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        var (clients, ids) = await ConnectAsync(gateway, 2);
        using var single = await gateway.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"/prod/@connections/{Uri.EscapeDataString(ids[1])}") { Content = new StringContent("once"), Headers = { { header, "order-1" } } },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await PostAsync(gateway, Body(ids, "once"), (header, "order-1"));
            Assert.Equal("""{"queued":2}""", await TextOf(answer));
        }

        using var end = await PostAsync(gateway, Body(ids, "end"), (header, "order-1"));
        foreach (var client in clients)
        {
            Assert.Equal("once", await client.ReadTextAsync());
            Assert.Equal("end", await client.ReadTextAsync());
        }

        Dispose(clients);
    }

    [Fact]
    public async Task Serves_Signatures_AndForbidsEveryoneElse()
    {
        var settings = AccessConfigurations.OneKey;
        settings["Gateway:Credentials:0:Policy"] = """
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:ManageConnections",
              "Resource": "arn:aws:execute-api:us-east-1:123456789012:chat/prod/POST/@connections/*"}}
            """;
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), settings: settings);
        var (clients, ids) = await ConnectAsync(gateway, 1);
        using var stranger = await PostAsync(gateway, Body(ids, "forged"));
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        Assert.Equal("MissingAuthenticationTokenException", stranger.Headers.GetValues("x-amzn-ErrorType").Single());
        using var malformed = await PostAsync(gateway, "no JSON");
        Assert.Equal(HttpStatusCode.Forbidden, malformed.StatusCode);
        using var changed = await SignedAsync(gateway, Body(ids, "signed"), Body(ids, "forged"));
        Assert.Equal(HttpStatusCode.Forbidden, changed.StatusCode);
        using var answer = await SignedAsync(gateway, Body(ids, "signed"), Body(ids, "signed"));
        Assert.Equal("""{"queued":1}""", await TextOf(answer));
        Assert.Equal("signed", await clients[0].ReadTextAsync());
        Dispose(clients);
    }

    [Fact]
    public async Task Counts_EachConnection_AsAPushToIt()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var metrics = new MeterCollector(gateway.Meters);
        var (clients, ids) = await ConnectAsync(gateway, 2);
        using var answer = await PostAsync(gateway, Body([.. ids, Unknown], "x"));
        using var refused = await PostAsync(gateway, "");
        await Patience.Until(() => metrics.Count("realtimegateway.pushes") == 3, "the pushes are counted");
        Assert.Equal(
            ["api=chat stage=prod outcome=gone", "api=chat stage=prod outcome=invalid", "api=chat stage=prod outcome=queued"],
            metrics.TagsOf("realtimegateway.pushes").Order(StringComparer.Ordinal));
        Dispose(clients);
    }

    private static async Task<(RawWebSocket[] Clients, string[] Ids)> ConnectAsync(TestGateway gateway, int count)
    {
        var clients = new RawWebSocket[count];
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            clients[i] = await gateway.ConnectAsync();
            ids[i] = IdsOf(gateway).Single(id => !ids.Contains(id));
        }

        return (clients, ids);
    }

    private static List<string> IdsOf(TestGateway gateway)
    {
        List<string> ids = [];
        foreach (var (id, _) in gateway.Connections)
        {
            ids.Add(id.ToString());
        }

        return ids;
    }

    private static async Task<string> ReadMessageAsync(RawWebSocket client)
    {
        var text = new StringBuilder();
        while (true)
        {
            var frame = (await client.ReadFrameAsync())!;
            text.Append(frame.Text);
            if (frame.IsFinal)
            {
                return text.ToString();
            }
        }
    }

    private static void Dispose(RawWebSocket[] clients) => Array.ForEach(clients, static client => client.Dispose());

    private static string Body(string[] ids, string data) => JsonSerializer.Serialize(new { connectionIds = ids, data });

    private static Task<string> TextOf(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> PostAsync(TestGateway gateway, string body, (string Name, string Value)? header = null, string path = "/prod/@connections")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        if (header is { } added)
        {
            request.Headers.Add(added.Name, added.Value);
        }

        return gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<HttpResponseMessage> SignedAsync(TestGateway gateway, string signed, string sent)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{gateway.Port}/prod/@connections");
        new SigV4Signer().Sign(
            request, Encoding.UTF8.GetBytes(signed), new AwsCredential(AccessConfigurations.AccessKeyId, AccessConfigurations.Secret), "execute-api", "us-east-1", TimeProvider.System.GetUtcNow());
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(sent));
        return gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
