using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.IntegrationTests.Handshakes;

/// <summary>The risks of reading a request before Kestrel's HTTP does (docs/adr/0010-early-take-over.md).</summary>
public sealed class EarlyTakeOverTests
{
    private const string Rest = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Plain = $"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Takes_PlainHandshake_InHoweverManyPieces(int piece)
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend), takesEarly: true);
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : ""));
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        // The first frame comes together with the end of the head.
        byte[] bytes = [.. Encoding.ASCII.GetBytes(Plain), .. RawWebSocket.Frame(Op.Text, "hello"u8)];
        for (var i = 0; i < bytes.Length; i += piece)
        {
            await client.SendBytesAsync(bytes.AsMemory(i, Math.Min(piece, bytes.Length - i)));
        }

        await client.ReadHeadAsync();
        Assert.Equal((101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (client.Status, client.Header("Sec-WebSocket-Accept")));
        Assert.Equal("hello", await client.ReadTextAsync());
        Assert.Equal(1, gateway.Early.Taken);
        _ = await client.CloseAsync();
    }

    /// <summary>Both ways say the same, but for the order of headers.</summary>
    [Fact]
    public async Task Answers_Handshake_AsHttpDoes()
    {
        var heads = new List<string[]>();
        foreach (var early in new[] { true, false })
        {
            await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: early);
            using var client = await AskAsync(gateway, Plain);
            Assert.Equal(early ? 1 : 0, gateway.Early.Taken);
            heads.Add([.. client.Head.Split("\r\n").Select(static line => line.StartsWith("Date:", StringComparison.Ordinal) ? "Date" : line).Order(StringComparer.Ordinal)]);
        }

        Assert.Equal(heads[1], heads[0]);
    }

    /// <summary>Whatever could be read in two ways, or refused, is Kestrel's, which sees every byte of it.</summary>
    [Theory]
    [InlineData($"POST /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 405)]
    [InlineData($"GET /prod HTTP/1.0\r\nHost: localhost\r\n{Rest}\r\n", 400)]
    [InlineData($"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 403)]
    [InlineData($"GET http://localhost/prod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 101)]
    [InlineData($"GET /%70rod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 403)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}Content-Length: 0\r\n\r\n", 101)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}Content-Length: 30\r\n\r\nGET /other HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}Transfer-Encoding : chunked\r\n\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}X-A: b\n\r\n", 101)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}X-A: b\rc\r\n\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}X-A: b\r\n c\r\n\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: local host\r\n{Rest}\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: a\r\nHost: b\r\n{Rest}\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}X-A: \u00e9\r\n\r\n", 400)]
    [InlineData($"GET /prod HTTP/1.1\nHost: localhost\r\n{Rest}\r\n", 101)]
    [InlineData($"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}Expect: 100-continue\r\n\r\n", 101)]
    [InlineData($"GET /a/../prod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 403)]
    [InlineData($"GET  /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 400)]
    [InlineData($"\r\nGET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n", 101)]
    [InlineData("GET /prod HTTP/1.1\r\nHost: localhost\r\n\r\n", 403)]
    public async Task Leaves_WhateverIsNotPlain_ToHttp(string request, int status)
    {
        foreach (var early in new[] { true, false })
        {
            await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: early);
            using var client = await AskAsync(gateway, request);
            Assert.Equal((status, 0L), (client.Status, gateway.Early.Taken));
            Assert.Empty(gateway.Log.Errors);
        }
    }

    [Theory]
    [InlineData(15_000, 1, 101)]
    [InlineData(20_000, 0, 101)]
    [InlineData(40_000, 0, 431)]
    public async Task Leaves_LongHead_ToHttpAndItsBounds(int length, int taken, int status)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: true);
        using var client = await AskAsync(gateway, $"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}X-A: {new string('a', length)}\r\n\r\n");
        Assert.Equal((status, taken), (client.Status, gateway.Early.Taken));
    }

    [Theory]
    [InlineData(8_000, 1, 101)]
    [InlineData(9_000, 0, 414)]
    public async Task Leaves_LongRequestLine_ToHttpAndItsBounds(int length, int taken, int status)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: true);
        using var client = await AskAsync(gateway, $"GET /prod?a={new string('a', length)} HTTP/1.1\r\nHost: localhost\r\n{Rest}\r\n");
        Assert.Equal((status, taken), (client.Status, gateway.Early.Taken));
    }

    [Fact]
    public async Task Leaves_TooManyHeaders_ToHttp()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: true);
        using var client = await AskAsync(gateway, $"GET /prod HTTP/1.1\r\nHost: localhost\r\n{Rest}{string.Concat(Enumerable.Repeat("X-A: b\r\n", 96))}\r\n");
        Assert.Equal((431, 0L), (client.Status, gateway.Early.Taken));
    }

    /// <summary>A connection that has carried requests stays with HTTP.</summary>
    [Fact]
    public async Task Leaves_LaterRequestsOfAConnection_ToHttp()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: true);
        using var client = await AskAsync(gateway, "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal(403, client.Status);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(Plain));
        await client.ReadHeadAsync();
        Assert.Equal((101, 0L), (client.Status, gateway.Early.Taken));
    }

    /// <summary>A refusal is HTTP's to write, and nobody is asked twice; the next request of the connection is asked about anew.</summary>
    [Fact]
    public async Task Refuses_OnceByHttp_AndAsksAnewForTheNextRequest()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend), takesEarly: true);
        var answers = new Queue<int>([401, 200]);
        gateway.Backend.Answer = call => Task.FromResult(BackendAnswer.Of("no") with { Status = call.EventType == "CONNECT" ? answers.Dequeue() : 200 });
        using var client = await AskAsync(gateway, Plain);
        Assert.Equal((401, "no"), (client.Status, Encoding.UTF8.GetString(client.Body)));
        Assert.Single(gateway.Backend.Calls);

        await client.SendBytesAsync(Encoding.ASCII.GetBytes(Plain));
        await client.ReadHeadAsync();
        Assert.Equal(101, client.Status);
        Assert.Equal(2, gateway.Backend.Calls.Count);
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>Whoever judges proxies judges both ways alike.</summary>
    [Theory]
    [InlineData("127.0.0.1", "198.51.100.1", "chat.example.com", "https")]
    [InlineData("10.0.0.0/8", "127.0.0.1", "localhost", "http")]
    public async Task Believes_ProxiesThatAreTrusted_AndNobodyElse(string trusted, string source, string domain, string scheme)
    {
        foreach (var early in new[] { true, false })
        {
            await using var gateway = await TestGateway.StartAsync(
                static _ => Configurations.Silent(), takesEarly: early, options: options => options.TrustedProxies.Add(trusted));
            using var client = await AskAsync(
                gateway,
                "GET /prod HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.1\r\nX-Forwarded-Proto: https\r\n"
                + $"X-Forwarded-Host: chat.example.com\r\n{Rest}\r\n");
            Assert.Equal((101, early ? 1 : 0), (client.Status, gateway.Early.Taken));
            await gateway.CountAsync(1);
            var identity = gateway.TheConnection().Identity;
            Assert.Equal((source, domain, scheme), (identity.SourceIp, identity.DomainName, identity.Scheme));
        }
    }

    /// <summary>Kestrel counts what it upgrades, so it must be the one to do that where a bound is set; beyond it nobody is let in.</summary>
    [Fact]
    public async Task Leaves_All_ToHttp_WhereUpgradesAreBounded()
    {
        await using var gateway = await TestGateway.StartAsync(
            static _ => Configurations.Silent(),
            takesEarly: true,
            services: static services => services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1));
        using var first = await AskAsync(gateway, Plain);
        using var second = await AskAsync(gateway, Plain);
        Assert.Equal((101, 503, 0L), (first.Status, second.Status, gateway.Early.Taken));
        await gateway.CountAsync(1);
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>Those that were taken over are among the connections that Kestrel counts.</summary>
    [Fact]
    public async Task Counts_AmongTheConnectionsOfKestrel()
    {
        await using var gateway = await TestGateway.StartAsync(
            static _ => Configurations.Silent(),
            takesEarly: true,
            services: static services => services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxConcurrentConnections = 1));
        using var first = await AskAsync(gateway, Plain);
        using var second = await RawWebSocket.OpenAsync(gateway.Port);
        Assert.Equal((101, 1L), (first.Status, gateway.Early.Taken));
        // It reads not a byte of what is beyond the bound.
        _ = await second.ReadEndAsync();
        await gateway.CountAsync(1);
    }

    [Fact]
    public async Task Ends_HeadThatDoesNotComeToItsEnd()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), clock, takesEarly: true);
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync("GET /prod HTTP/1.1\r\nHo"u8.ToArray());
        await Patience.Until(() => gateway.Heads.Count == 1, "the head is waited for");
        // Kestrel's own bound is 30 s, here as elsewhere.
        await UntilAnswered(gateway, clock, client, TimeSpan.FromSeconds(31));
        Assert.Equal(408, client.Status);
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
        Assert.Equal(0, gateway.Heads.Count);
    }

    [Fact]
    public async Task Ends_ConnectionThatSaysNothing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), clock, takesEarly: true);
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await Patience.Until(() => gateway.Heads.Count == 1, "the head is waited for");
        clock.Advance(TimeSpan.FromSeconds(131));
        gateway.Heads.SweepOnce();
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
    }

    [Fact]
    public async Task Stops_WithSilentConnections_AtOnce()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(), takesEarly: true);
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        await Patience.Until(() => gateway.Heads.Count == 1, "the head is waited for");
        await gateway.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(TcpEnd.Fin, await client.ReadEndAsync());
    }

    /// <summary>What the client sent besides its head is read by the same codec, TLS or not.</summary>
    [Fact]
    public async Task Takes_HandshakeOverTls()
    {
        using var certificate = SelfSigned();
        await using var app = await StartTlsAsync(certificate);
        using var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString();
        await client.ConnectAsync(UriOf(app), TestContext.Current.CancellationToken);
        var buffer = new byte[100_000];
        foreach (var length in new[] { 1, 100, 30_000 })
        {
            var message = new byte[length];
            message.AsSpan().Fill((byte)'x');
            await client.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
            var received = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(buffer.AsMemory(received), TestContext.Current.CancellationToken);
                received += result.Count;
            }
            while (!result.EndOfMessage);

            Assert.Equal(length, received);
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Equal(1, app.Services.GetRequiredService<EarlyTakeOver>().Taken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>RFC 8441 is HTTP's.</summary>
    [Fact]
    public async Task Leaves_Http2_ToHttp()
    {
        using var certificate = SelfSigned();
        await using var app = await StartTlsAsync(certificate);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString();
        using var invoker = new HttpMessageInvoker(handler);
        using var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await client.ConnectAsync(UriOf(app), invoker, TestContext.Current.CancellationToken);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);

        Assert.Equal((WebSocketCloseStatus.NormalClosure, 0L), (client.CloseStatus!.Value, app.Services.GetRequiredService<EarlyTakeOver>().Taken));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<WebApplication> StartTlsAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate).UseRealtimeGateway()));
        builder.AddRealtimeGateway(static options => options.Configuration = Configurations.Mock());
        var app = builder.Build();
        app.MapRealtimeGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static Uri UriOf(WebApplication app) => new($"{app.Urls.Single().Replace("https", "wss", StringComparison.Ordinal)}/prod");

    private static async Task UntilAnswered(TestGateway gateway, FakeTimeProvider clock, RawWebSocket client, TimeSpan time)
    {
        var answer = client.ReadHeadAsync();
        // The wait restarts when the first bytes are seen, which may be after the clock was moved.
        while (!answer.IsCompleted)
        {
            clock.Advance(time);
            gateway.Heads.SweepOnce();
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));
        }

        await answer;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static async Task<RawWebSocket> AskAsync(TestGateway gateway, string request)
    {
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        await client.SendBytesAsync(Encoding.Latin1.GetBytes(request));
        await client.ReadHeadAsync();
        return client;
    }
}
