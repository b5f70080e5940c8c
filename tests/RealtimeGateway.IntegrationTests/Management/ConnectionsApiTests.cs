using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Management;

/// <summary>
/// <c>@connections</c> as Amazon API Gateway answers it
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).
/// </summary>
public sealed class ConnectionsApiTests
{
    private const string Unknown = "AAAAAAAAAAAAAAAAAA==";

    [Theory]
    [InlineData("/prod/@connections/{0}")]
    [InlineData("/prod/%40connections/{0}")]
    [InlineData("/chat/prod/@connections/{0}")]
    [InlineData("/prod/@connections/{1}")]
    [InlineData("/prod/%40connections/{1}")]
    [InlineData("/chat/prod/%40connections/{1}?x=y")]
    public async Task Posts_ToTheConnection_HoweverThePathIsSpelt(string form)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id.ToString();
        var target = string.Format(CultureInfo.InvariantCulture, form, id, Uri.EscapeDataString(id));
        using var answer = await AskAsync(gateway, "POST", target, "hello"u8.ToArray());

        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
        AssertNamed(answer);
        Assert.Equal("hello", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Describes_Connection_InAmazonsSpacing()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 22, 56, 383, TimeSpan.Zero));
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), clock);
        using var client = await gateway.ConnectAsync("/prod", "User-Agent: demo \"client\"/1.0 (it's + <x>)");
        var path = $"/prod/@connections/{gateway.TheConnection().Id}";
        clock.Advance(TimeSpan.FromMilliseconds(718));
        using (var pushed = await AskAsync(gateway, "POST", path, "x"u8.ToArray()))
        {
            Assert.Equal(200, pushed.Status);
        }

        clock.Advance(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 2; i++)
        {
            using var answer = await AskAsync(gateway, "GET", path);
            Assert.Equal(200, answer.Status);
            Assert.Equal("application/json", answer.Header("Content-Type"));
            const string Expected = """
                {
                  "identity" : {
                    "sourceIp" : "127.0.0.1",
                    "userAgent" : "demo \"client\"/1.0 (it's + <x>)"
                  },
                  "connectedAt" : "2026-09-25T00:22:56.383Z",
                  "lastActiveAt" : "2026-09-25T00:22:57.101Z"
                }
                """;
            Assert.Equal(Expected, Encoding.UTF8.GetString(answer.Body));
        }
    }

    [Fact]
    public async Task Describes_ClientWithoutUserAgent_AsNull()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        using var answer = await AskAsync(gateway, "GET", $"/prod/@connections/{gateway.TheConnection().Id}");
        Assert.Contains("    \"userAgent\" : null\n", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletes_WithCloseFrame_AndIsGoneAtOnce()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var path = $"/prod/@connections/{gateway.TheConnection().Id}";
        using (var answer = await AskAsync(gateway, "DELETE", path))
        {
            Assert.Equal(204, answer.Status);
            Assert.Empty(answer.Body);
            Assert.Equal("application/json", answer.Header("Content-Type"));
            AssertNamed(answer);
        }

        // The client has not answered yet; to callers the connection is gone.
        foreach (var method in (string[])["POST", "GET", "DELETE"])
        {
            using var gone = await AskAsync(gateway, method, path, method == "POST" ? "x"u8.ToArray() : null);
            Assert.Equal(410, gone.Status);
        }

        Assert.Equal((1000, "Connection Closed Normally"), ((await client.ReadCloseAsync()) is var close ? (close.CloseCode, close.CloseText) : default));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Answers_Gone_ForUnknownIds_WithoutABody(string method)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var answer = await AskAsync(gateway, method, $"/prod/@connections/{Unknown}", method == "POST" ? "x"u8.ToArray() : null);

        Assert.Equal(410, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal("GoneException", answer.Header("x-amzn-ErrorType"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
        AssertNamed(answer);
    }

    /// <summary>A malformed id is told before the caller is asked who it is.</summary>
    [Theory]
    [InlineData("AAAAAAAAAAAAAAA=", false)]
    [InlineData("AAAAAAAAAAAAAAA%3D", false)]
    [InlineData("x", false)]
    [InlineData("AAAAAAAAAAAAAAAAAB==", false)]
    [InlineData("AAAAAAAAAAAAAAAAAA", false)]
    [InlineData("x", true)]
    public async Task Answers_BadRequest_ForMalformedIds(string id, bool isForwarded)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var answer = await AskAsync(gateway, "GET", $"/prod/@connections/{id}", null, isForwarded ? ["X-Forwarded-For: 192.0.2.1"] : []);

        Assert.Equal(400, answer.Status);
        Assert.Equal("BadRequestException", answer.Header("x-amzn-ErrorType"));
        Assert.Equal($$"""{"message":"Invalid connectionId: {{Uri.UnescapeDataString(id)}}"}""", Encoding.UTF8.GetString(answer.Body));
        AssertNamed(answer);
    }

    /// <summary>Without access keys only this machine may push, and no proxy on it.</summary>
    [Theory]
    [InlineData("X-Forwarded-For: 127.0.0.1")]
    [InlineData("Forwarded: for=127.0.0.1")]
    public async Task Forbids_CallersBehindAProxy(string header)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        foreach (var (method, body) in ((string, byte[]?)[])[("POST", "x"u8.ToArray()), ("GET", null), ("DELETE", null)])
        {
            using var answer = await AskAsync(gateway, method, $"/prod/@connections/{gateway.TheConnection().Id}", body, [header]);
            Assert.Equal(403, answer.Status);
            Assert.Equal("MissingAuthenticationTokenException", answer.Header("x-amzn-ErrorType"));
            Assert.Equal("""{"message":"Missing Authentication Token"}""", Encoding.UTF8.GetString(answer.Body));
        }

        Assert.Equal(0, client.Socket.Available);
        Assert.True(gateway.TheConnection().IsOpen);
    }

    [Theory]
    [InlineData("/nowhere/@connections/" + Unknown)]
    [InlineData("/@connections/" + Unknown)]
    [InlineData("/prod/connections/" + Unknown)]
    [InlineData("/prod/@connections/a/b")]
    [InlineData("/prod//@connections/" + Unknown)]
    [InlineData("/other/prod/@connections/" + Unknown)]
    public async Task Forbids_PathsThatLeadNowhere(string path)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var answer = await AskAsync(gateway, "POST", path, "x"u8.ToArray());
        Assert.Equal(403, answer.Status);
        Assert.Equal("ForbiddenException", answer.Header("x-amzn-ErrorType"));
        Assert.Equal("""{"message":"Forbidden"}""", Encoding.UTF8.GetString(answer.Body));
    }

    [Fact]
    public async Task Forbids_OtherMethods()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var answer = await AskAsync(gateway, "PUT", $"/prod/@connections/{Unknown}", "x"u8.ToArray());
        Assert.Equal(403, answer.Status);
    }

    /// <summary>131,072 bytes is the quota; AWS answers more with neither body nor error type, and the connection lives.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_TooBigPayload_WithoutABody(bool announcesLength)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var path = new Uri($"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}", UriKind.Relative);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[131_073]) };
        request.Headers.TransferEncodingChunked = !announcesLength;
        using var answer = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(413, (int)answer.StatusCode);
        Assert.Equal(0, answer.Content.Headers.ContentLength);
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.False(answer.Headers.Contains("x-amzn-ErrorType"));

        using var exact = await gateway.Http.PostAsync(path, new ByteArrayContent(Enumerable.Repeat((byte)'x', 131_072).ToArray()), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)exact.StatusCode);
        Assert.Equal(131_072, (await ReadMessageAsync(client)).Payload.Length);
    }

    /// <summary>RFC 6455 §8.1: a text frame is UTF-8; on AWS what is not becomes U+FFFD. The content type changes nothing.</summary>
    [Fact]
    public async Task Sends_Text_WhateverTheBodyAndItsType()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var path = $"/prod/@connections/{gateway.TheConnection().Id}";
        using (var answer = await AskAsync(gateway, "POST", path, [(byte)'a', 0xff, 0xfe, (byte)'b', 0xe2, 0x82], ["Content-Type: application/octet-stream"]))
        {
            Assert.Equal(200, answer.Status);
        }

        Assert.Equal("a\uFFFD\uFFFDb\uFFFD", await client.ReadTextAsync());
        using (var empty = await AskAsync(gateway, "POST", path, []))
        {
            Assert.Equal(200, empty.Status);
        }

        Assert.Equal("", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Sends_Binary_WhereAskedAndAllowed()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(static stage => stage with { AllowBinary = true }));
        using var client = await gateway.ConnectAsync();
        var path = $"/prod/@connections/{gateway.TheConnection().Id}";
        using (var answer = await AskAsync(gateway, "POST", path, [0xff, 0], ["x-rg-message-type: binary"]))
        {
            Assert.Equal(200, answer.Status);
        }

        var frame = await client.ReadFrameAsync();
        Assert.Equal(Op.Binary, frame!.Opcode);
        Assert.Equal([0xff, 0], frame.Payload);
    }

    [Fact]
    public async Task Refuses_Binary_WhereNotAllowed()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        using var answer = await AskAsync(gateway, "POST", $"/prod/@connections/{gateway.TheConnection().Id}", [0xff], ["x-rg-message-type: binary"]);
        Assert.Equal(400, answer.Status);
        Assert.Equal(0, client.Socket.Available);
    }

    /// <summary>Any stage of the connection's own API reaches it; another API does not.</summary>
    [Fact]
    public async Task Reaches_Connection_ThroughAnyStageOfItsOwnApi()
    {
        await using var gateway = await TestGateway.StartAsync(static _ =>
        {
            var api = Configurations.Silent().Apis[0];
            return new GatewayConfiguration
            {
                Apis = [api with { Stages = [.. api.Stages, new Stage { Name = "beta" }] }, api with { Id = ApiId.Parse("other") }],
                DefaultApi = api.Id,
            };
        });
        using var client = await gateway.ConnectAsync("/chat/prod");
        var id = gateway.TheConnection().Id;
        using var beta = await AskAsync(gateway, "POST", $"/beta/@connections/{id}", "via beta"u8.ToArray());
        using var other = await AskAsync(gateway, "POST", $"/other/prod/@connections/{id}", "via other"u8.ToArray());

        Assert.Equal(200, beta.Status);
        Assert.Equal(410, other.Status);
        Assert.Equal("via beta", await client.ReadTextAsync());
    }

    /// <summary>What starts after another's 200 arrives after it; nothing is lost or doubled.</summary>
    [Fact]
    public async Task Delivers_EachSendersPushes_InOrder()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        var path = new Uri($"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}", UriKind.Relative);
        const int Senders = 8;
        const int Each = 150;
        var sending = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var n = 0; n < Each; n++)
            {
                using var answer = await gateway.Http.PostAsync(path, new StringContent($"{sender} {n}"), TestContext.Current.CancellationToken);
                Assert.True(answer.IsSuccessStatusCode, $"{sender} {n}: {answer} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            }
        })).ToArray();
        var next = new int[Senders];
        // A push that was refused would be waited for here: the refusal is what a failure is to tell.
        await Task.WhenAll([.. sending, ReadAllAsync()]);
        Assert.All(next, count => Assert.Equal(Each, count));

        async Task ReadAllAsync()
        {
            for (var i = 0; i < Senders * Each; i++)
            {
                var parts = (await client.ReadTextAsync()).Split(' ');
                var sender = int.Parse(parts[0], CultureInfo.InvariantCulture);
                Assert.Equal(next[sender]++, int.Parse(parts[1], CultureInfo.InvariantCulture));
            }
        }
    }

    private static void AssertNamed(RawWebSocket answer)
    {
        Assert.True(Guid.TryParseExact(answer.Header("x-amzn-RequestId"), "D", out _), "x-amzn-RequestId is no UUID.");
        Assert.Matches("^[A-Za-z0-9_-]{15}=$", answer.Header("x-amz-apigw-id")!);
        Assert.StartsWith("Root=1-", answer.Header("X-Amzn-Trace-Id")!, StringComparison.Ordinal);
    }

    private static async Task<RawFrame> ReadMessageAsync(RawWebSocket client)
    {
        var payload = new List<byte>();
        while (true)
        {
            var frame = await client.ReadFrameAsync();
            Assert.NotNull(frame);
            Assert.InRange(frame.Payload.Length, 0, 32_768);
            payload.AddRange(frame.Payload);
            if (frame.IsFinal)
            {
                return frame with { Payload = [.. payload] };
            }
        }
    }

    private static async Task<RawWebSocket> AskAsync(TestGateway gateway, string method, string target, byte[]? body = null, string[]? headers = null)
    {
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        var lines = string.Concat((headers ?? []).Select(header => header + "\r\n"));
        var length = body is null ? "" : $"Content-Length: {body.Length}\r\n";
        await client.SendBytesAsync(
            (byte[])[.. Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost:{gateway.Port}\r\n{lines}{length}\r\n"), .. body ?? []]);
        await client.ReadHeadAsync();
        return client;
    }
}
