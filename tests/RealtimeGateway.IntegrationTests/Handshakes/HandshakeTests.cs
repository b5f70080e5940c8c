using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Handshakes;

/// <summary>RFC 6455 §4.2: what a server must see before it opens, and what it says when it does not.</summary>
public sealed class HandshakeTests
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private const string Version = "Sec-WebSocket-Version: 13";
    private const string Upgrade = "Upgrade: websocket";
    private const string Connection = "Connection: Upgrade";
    private const string Host = "Host: localhost";

    /// <summary>RFC 6455 §1.3 gives this key and its answer.</summary>
    [Fact]
    public async Task Answers_KeyOfTheStandard_AsTheStandardSays()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await AskAsync(gateway, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n");

        Assert.Equal(101, client.Status);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", client.Header("Sec-WebSocket-Accept"));
        Assert.Equal("websocket", client.Header("Upgrade"), ignoreCase: true);
        Assert.Equal("Upgrade", client.Header("Connection"), ignoreCase: true);
        Assert.Null(client.Header("Sec-WebSocket-Protocol"));
        Assert.Null(client.Header("Sec-WebSocket-Extensions"));
    }

    /// <summary>RFC 6455 §4.2.1, RFC 9112 §3.2: each of these is refused by one answer, after which TCP ends and nothing is a connection.</summary>
    [Theory]
    [InlineData("no version", 426, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Key}\r\n\r\n")]
    [InlineData("version 8", 426, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\nSec-WebSocket-Version: 8\r\n{Key}\r\n\r\n")]
    [InlineData("two versions", 426, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("no key", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n\r\n")]
    [InlineData("short key", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\nSec-WebSocket-Key: c2hvcnQ=\r\n\r\n")]
    [InlineData("key not base64", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n\r\n")]
    [InlineData("key with loose bits", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n\r\n")]
    [InlineData("two keys", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n{Key}\r\n\r\n")]
    [InlineData("no Connection", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("Connection without upgrade", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\nConnection: keep-alive\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("POST", 405, $"POST /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("HTTP/1.0", 400, $"GET /prod HTTP/1.0\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("a body by length", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nContent-Length: 4\r\n\r\nbody")]
    [InlineData("a chunked body", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("no Host", 400, $"GET /prod HTTP/1.1\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("two Hosts", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\nHost: other\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData("a subprotocol that is no token", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nSec-WebSocket-Protocol: a b\r\n\r\n")]
    [InlineData("length and chunks", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a folded header", 400, $"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nX-A: b\r\n c\r\n\r\n")]
    public async Task Refuses_BadHandshake_OnceAndCloses(string what, int status, string request)
    {
        Assert.NotEmpty(what);
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await AskAsync(gateway, request);

        Assert.Equal(status, client.Status);
        Assert.Equal(status == 426 ? "13" : null, client.Header("Sec-WebSocket-Version"));
        _ = await client.ReadEndAsync();
        Assert.Empty(gateway.Backend.Calls);
        Assert.Equal(0, gateway.Connections.Count);
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>RFC 9110 §7.8: tokens of Upgrade and Connection are lists and know no case; RFC 9112 §3.2.2: a target may be absolute.</summary>
    [Theory]
    [InlineData($"GET /prod HTTP/1.1\r\n{Host}\r\nConnection: keep-alive, UPGRADE\r\nUpgrade: WebSocket\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData($"GET /prod/ HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData($"GET /prod?a=b HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData($"GET /chat/prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: chat.execute-api.localhost:8080\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData($"GET http://localhost/prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\n\r\n")]
    [InlineData($"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nContent-Length: 0\r\n\r\n")]
    [InlineData($"GET /prod HTTP/1.1\r\n{Host}\r\n{Connection}\r\n{Upgrade}\r\n{Version}\r\n{Key}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")]
    public async Task Accepts_UnusualButValidHandshake(string request)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await AskAsync(gateway, request);

        Assert.Equal(101, client.Status);
        Assert.Null(client.Header("Sec-WebSocket-Extensions"));
        await client.CloseAsync();
    }

    /// <summary>RFC 6455 §4.2.2: bytes that follow the handshake in its packet are frames.</summary>
    [Fact]
    public async Task Reads_FrameInThePacketOfTheHandshake()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(
            (byte[])[.. Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")), .. RawWebSocket.Frame(Op.Text, "early"u8)]);
        await client.ReadHeadAsync();

        Assert.Equal("early", await client.ReadTextAsync());
    }

    /// <summary>RFC 6455 §4.2.2 item 5: of the offered subprotocols the one that the integration picks is named, or none.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("chat.v1")]
    public async Task Names_Subprotocol_OnlyWhenTheIntegrationPicksOne(string? picked)
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = _ => Task.FromResult(
            picked is null ? BackendAnswer.Ok : new BackendAnswer(200, [], ("Sec-WebSocket-Protocol", picked)));
        using var client = await gateway.ConnectAsync("/prod", "Sec-WebSocket-Protocol: chat.v2, chat.v1");

        Assert.Equal(101, client.Status);
        Assert.Equal(picked, client.Header("Sec-WebSocket-Protocol"));
        Assert.Equal("chat.v2, chat.v1", (await gateway.Backend.NextAsync()).Headers["Sec-WebSocket-Protocol"]);
    }

    /// <summary>A subprotocol that is no token cannot add a header to the 101.</summary>
    [Fact]
    public async Task Drops_SubprotocolThatIsNoToken()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(
            BackendAnswer.Of("""{"statusCode": 200, "headers": {"sec-websocket-protocol": "a\r\nX-Evil: 1"}}"""));
        using var client = await gateway.ConnectAsync();

        Assert.Equal(101, client.Status);
        Assert.Null(client.Header("Sec-WebSocket-Protocol"));
        Assert.Null(client.Header("X-Evil"));
    }

    /// <summary>Amazon API Gateway answers what is no WebSocket, or at no stage, from its front door.</summary>
    [Theory]
    [InlineData("/prod", false)]
    [InlineData("/nowhere", false)]
    [InlineData("/nowhere", true)]
    [InlineData("/prod/extra", true)]
    [InlineData("/", true)]
    [InlineData("/other/prod", true)]
    [InlineData("/PROD", true)]
    public async Task Forbids_WhatNamesNoStageOrAsksForNoSocket(string path, bool asksForSocket)
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = asksForSocket
            ? await gateway.ConnectAsync(path)
            : await AskAsync(gateway, $"GET {path} HTTP/1.1\r\n{Host}\r\n\r\n");

        Assert.Equal(403, client.Status);
        Assert.Equal("ForbiddenException", client.Header("x-amzn-ErrorType"));
        Assert.Equal("""{"message":"Forbidden"}""", Encoding.UTF8.GetString(client.Body));
        Assert.NotNull(client.Header("x-amzn-RequestId"));
        Assert.NotNull(client.Header("x-amz-apigw-id"));
        Assert.Empty(gateway.Backend.Calls);
    }

    /// <summary>RFC 8441 §5: extended CONNECT opens the same WebSocket over an HTTP/2 stream.</summary>
    [Fact]
    public async Task Opens_OverHttp2_ByExtendedConnect()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var invoker = new HttpMessageInvoker(handler);
        using var first = await ConnectHttp2Async(gateway, invoker);
        using var second = await ConnectHttp2Async(gateway, invoker);
        var cancel = TestContext.Current.CancellationToken;

        await first.SendAsync("""{"action":"two"}"""u8.ToArray(), WebSocketMessageType.Text, true, cancel);
        var buffer = new byte[1024];
        var received = await first.ReceiveAsync(buffer, cancel);
        Assert.Equal("""{"action":"two"}""", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal(2, gateway.Connections.Count);

        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", cancel);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, first.CloseStatus);
        var end = await gateway.Backend.NextAsync("DISCONNECT");
        Assert.Equal("1000", end.Headers["x-rg-disconnect-status-code"]);

        // One stream has ended; its neighbour on the same TCP connection has not.
        await second.SendAsync("still"u8.ToArray(), WebSocketMessageType.Text, true, cancel);
        received = await second.ReceiveAsync(buffer, cancel);
        Assert.Equal("still", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>RFC 8441 §5: a stream that violates RFC 6455 gets its close frame and ends; the others go on.</summary>
    [Fact]
    public async Task Closes_OneStreamOnly_WhenABinaryMessageComesOverHttp2()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var invoker = new HttpMessageInvoker(handler);
        using var bad = await ConnectHttp2Async(gateway, invoker);
        using var good = await ConnectHttp2Async(gateway, invoker);
        var cancel = TestContext.Current.CancellationToken;

        await bad.SendAsync(new byte[10], WebSocketMessageType.Binary, true, cancel);
        var received = await bad.ReceiveAsync(new byte[100], cancel);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal((WebSocketCloseStatus)1003, received.CloseStatus);
        Assert.Equal("Binary is not supported", received.CloseStatusDescription);
        await bad.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
        await gateway.CountAsync(1);

        await good.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
        await gateway.CountAsync(0);
    }

    /// <summary>A refusal over HTTP/2 is an HTTP answer like any.</summary>
    [Fact]
    public async Task Refuses_OverHttp2_WithTheStatusOfTheIntegration()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("no", 401));
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = Http2Socket();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{gateway.Http2Port}/prod"), invoker, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    /// <summary>RFC 6454 §6.2, RFC 6455 §10.2: where origins are listed, only exactly those may connect.</summary>
    [Theory]
    [InlineData(101, "Origin: https://chat.example")]
    [InlineData(403, "Origin: https://chat.example.evil")]
    [InlineData(403, "Origin: https://evil-chat.example")]
    [InlineData(403, "Origin: null")]
    [InlineData(403, "Origin: HTTPS://CHAT.EXAMPLE")]
    [InlineData(403, "Origin: https://chat.example:444")]
    [InlineData(403, "Origin: https://user@chat.example")]
    [InlineData(403, "Origin: https://chat.example\r\nOrigin: https://evil.example")]
    [InlineData(403, "X-Nothing: 1")]
    public async Task Admits_OnlyListedOrigins(int status, string header)
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
        {
            var configuration = Configurations.Http(backend);
            return configuration with { Apis = [configuration.Apis[0] with { AllowedOrigins = ["https://chat.example"] }] };
        });
        using var client = await gateway.ConnectAsync("/prod", header);

        Assert.Equal(status, client.Status);
        Assert.Equal(status == 101 ? 1 : 0, gateway.Backend.Calls.Count);
    }

    /// <summary>The runtime's own client, which checks our answer by itself, opens and closes in order.</summary>
    [Fact]
    public async Task Serves_ClientWebSocket_FromOpenToClose()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var socket = new ClientWebSocket();
        var cancel = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/prod"), cancel);
        var text = Convert.ToHexString(RandomNumberGenerator.GetBytes(10_000));
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, cancel);
        var buffer = new byte[40_000];
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
            length += received.Count;
        }
        while (!received.EndOfMessage);

        Assert.Equal(text, Encoding.ASCII.GetString(buffer, 0, length));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", cancel);
        Assert.Equal("bye", socket.CloseStatusDescription);
    }

    private static async Task<RawWebSocket> AskAsync(TestGateway gateway, string request)
    {
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(Encoding.Latin1.GetBytes(request));
        await client.ReadHeadAsync();
        return client;
    }

    private static async Task<ClientWebSocket> ConnectHttp2Async(TestGateway gateway, HttpMessageInvoker invoker)
    {
        var socket = Http2Socket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Http2Port}/prod"), invoker, TestContext.Current.CancellationToken);
        return socket;
    }

    private static ClientWebSocket Http2Socket()
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        return socket;
    }
}
