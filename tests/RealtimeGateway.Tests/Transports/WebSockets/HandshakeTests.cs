using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class HandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    [Fact]
    public void AcceptKey_OfTheRfc_IsItsAnswer() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.AcceptKey(Key));

    [Fact]
    public void Check_GoodRequest_IsAcceptedWithItsKey()
    {
        var outcome = Handshake.Check(Request().Request);

        Assert.Equal(new HandshakeOutcome(101, "", Key), outcome);
        Assert.True(outcome.IsAccepted);
    }

    [Theory]
    [InlineData("Connection", "keep-alive, Upgrade")]
    [InlineData("Connection", "UPGRADE")]
    [InlineData("Upgrade", "WebSocket")]
    [InlineData("Upgrade", "h2c , websocket")]
    [InlineData("Content-Length", "0")]
    [InlineData("Sec-WebSocket-Protocol", "chat, superchat")]
    [InlineData("Sec-WebSocket-Protocol", "graphql-ws,,")]
    [InlineData("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]
    [InlineData("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]
    public void Check_HeaderSaidDifferently_IsAccepted(string name, string value) =>
        Assert.Equal(101, Handshake.Check(Request(name, value).Request).StatusCode);

    [Fact]
    public void Check_TokensInSeveralLines_IsAccepted()
    {
        var context = Request("Connection", new StringValues(["keep-alive", "Upgrade"]));
        context.Request.Headers.SecWebSocketProtocol = new StringValues(["chat", "superchat"]);

        Assert.True(Handshake.Check(context.Request).IsAccepted);
    }

    [Theory]
    [InlineData("Connection", null)]
    [InlineData("Connection", "keep-alive")]
    [InlineData("Connection", "upgraded")]
    [InlineData("Upgrade", null)]
    [InlineData("Upgrade", "websockets")]
    [InlineData("Upgrade", "h2c")]
    [InlineData("Host", null)]
    [InlineData("Host", "")]
    [InlineData("Content-Length", "1")]
    [InlineData("Content-Length", "x")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Transfer-Encoding", "identity")]
    [InlineData("Sec-WebSocket-Protocol", "a b")]
    [InlineData("Sec-WebSocket-Protocol", "chat, b@d")]
    [InlineData("Sec-WebSocket-Protocol", "é")]
    [InlineData("Sec-WebSocket-Protocol", " , ")]
    [InlineData("Sec-WebSocket-Key", null)]
    [InlineData("Sec-WebSocket-Key", "")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR==")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j_Q==")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ= ")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub24=")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZWQ=")]
    [InlineData("Sec-WebSocket-Key", "=GhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public void Check_BadHeader_Is400(string name, string? value)
    {
        var outcome = Handshake.Check(Request(name, value).Request);

        Assert.Equal(400, outcome.StatusCode);
        Assert.False(outcome.IsAccepted);
        Assert.NotEmpty(outcome.Message);
        Assert.Null(outcome.Key);
    }

    [Theory]
    [InlineData("Host", "other")]
    [InlineData("Sec-WebSocket-Key", Key)]
    public void Check_HeaderTwice_Is400(string name, string value)
    {
        var context = Request();
        context.Request.Headers[name] = StringValues.Concat(context.Request.Headers[name], value);

        Assert.Equal(400, Handshake.Check(context.Request).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("14")]
    [InlineData("013")]
    [InlineData("13, 8")]
    [InlineData("13, 13")]
    public void Check_OtherVersion_Is426AndSaysWhich(string? version)
    {
        var outcome = Handshake.Check(Request("Sec-WebSocket-Version", version).Request);

        Assert.Equal(426, outcome.StatusCode);
        Assert.True(outcome.NeedsVersionHeader);
    }

    [Fact]
    public void Check_VersionTwice_Is426() =>
        Assert.Equal(426, Handshake.Check(Request("Sec-WebSocket-Version", new StringValues(["13", "13"])).Request).StatusCode);

    [Theory]
    [InlineData("POST", "HTTP/1.1", 405)]
    [InlineData("get", "HTTP/1.1", 405)]
    [InlineData("HEAD", "HTTP/1.1", 405)]
    [InlineData("CONNECT", "HTTP/1.1", 405)]
    [InlineData("GET", "HTTP/1.0", 400)]
    [InlineData("GET", "HTTP/2", 400)]
    [InlineData("GET", "HTTP/3", 400)]
    public void Check_OtherMethodOrProtocol_IsRefused(string method, string protocol, int status)
    {
        var context = Request();
        (context.Request.Method, context.Request.Protocol) = (method, protocol);

        Assert.Equal(status, Handshake.Check(context.Request).StatusCode);
    }

    [Fact]
    public void Check_ExtendedConnect_NeedsNeitherKeyNorUpgrade()
    {
        var request = Connect("websocket");

        Assert.True(Handshake.IsWebSocketRequest(request));
        Assert.Equal(new HandshakeOutcome(200, ""), Handshake.Check(request));
        request.Headers.SecWebSocketVersion = "12";
        Assert.Equal(426, Handshake.Check(request).StatusCode);
    }

    [Fact]
    public void Check_ConnectForSomethingElse_Is400()
    {
        Assert.Equal(400, Handshake.Check(Connect("connect-udp")).StatusCode);
        Assert.False(Handshake.IsWebSocketRequest(Connect("connect-udp")));
        var overHttp1 = Connect("websocket");
        overHttp1.Protocol = "HTTP/1.1";
        Assert.Equal(400, Handshake.Check(overHttp1).StatusCode);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("h2c", false)]
    [InlineData("websocket", true)]
    [InlineData("h2c, WEBSOCKET", true)]
    public void IsWebSocketRequest_GoesByTheUpgradeHeader(string? upgrade, bool expected) =>
        Assert.Equal(expected, Handshake.IsWebSocketRequest(Request("Upgrade", upgrade).Request));

    private static DefaultHttpContext Request(string? name = null, StringValues value = default)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Protocol) = ("GET", "HTTP/1.1");
        var headers = context.Request.Headers;
        headers.Host = "server.example.com";
        headers.Upgrade = "websocket";
        headers.Connection = "Upgrade";
        headers.SecWebSocketKey = Key;
        headers.SecWebSocketVersion = "13";
        if (name is not null)
        {
            headers.Remove(name);
            if (value.Count > 0)
            {
                headers.Append(name, value);
            }
        }

        return context;
    }

    private static HttpRequest Connect(string protocol)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect(protocol));
        (context.Request.Method, context.Request.Protocol) = ("CONNECT", "HTTP/2");
        context.Request.Headers.SecWebSocketVersion = "13";
        return context.Request;
    }

    private sealed record ExtendedConnect(string? Protocol) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }
}
