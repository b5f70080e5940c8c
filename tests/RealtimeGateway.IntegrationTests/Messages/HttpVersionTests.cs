using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Messages;

/// <summary>Back ends over TLS choose the version of HTTP.</summary>
public sealed class HttpVersionTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Calls_ByTheVersion_ThatTheBackEndChooses(HttpProtocols spoken, string expected)
    {
        await using var secure = await SecureBackEnd.StartAsync(spoken);
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Http(secure.Uri), services: secure.Trust);
        using var client = await gateway.ConnectAsync("/prod", "Cookie: a=b");

        await client.SendTextAsync("""{"action":"two"}""");

        Assert.Equal($$"""{{expected}} MESSAGE {"action":"two"}""", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Shares_OneHttp2Connection_AmongMessagesUnderWay()
    {
        const int Clients = 20;
        await using var secure = await SecureBackEnd.StartAsync(HttpProtocols.Http2);
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Http(secure.Uri), services: secure.Trust);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => gateway.ConnectAsync()));

        secure.Hold();
        await Task.WhenAll(clients.Select(client => client.SendTextAsync("""{"action":"two"}""")));
        await Patience.Until(() => secure.Held == Clients, "all messages are at the back end at once");
        secure.Release();

        foreach (var client in clients)
        {
            Assert.StartsWith("HTTP/2 MESSAGE", await client.ReadTextAsync(), StringComparison.Ordinal);
            client.Dispose();
        }

        Assert.Single(secure.Connections);
    }

    [Fact]
    public async Task Refuses_ACertificate_ThatNobodyTrusts()
    {
        await using var secure = await SecureBackEnd.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Http(secure.Uri));

        using var client = await gateway.ConnectAsync();

        Assert.Equal(500, client.Status);
        Assert.Empty(secure.Connections);
    }

    private sealed class SecureBackEnd : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly X509Certificate2 _certificate;
        private TaskCompletionSource? _held;
        private int _heldCount;

        private SecureBackEnd(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

        public Uri Uri => new(_app.Urls.Single());

        /// <summary>The connections that requests came by.</summary>
        public ConcurrentDictionary<string, bool> Connections { get; } = new();

        public int Held => Volatile.Read(ref _heldCount);

        public static async Task<SecureBackEnd> StartAsync(HttpProtocols spoken)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var now = TimeProvider.System.GetUtcNow();
            var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = spoken;
                listen.UseHttps(certificate);
            }));
            var backEnd = new SecureBackEnd(builder.Build(), certificate);
            backEnd._app.Run(backEnd.AnswerAsync);
            await backEnd._app.StartAsync(TestContext.Current.CancellationToken);
            return backEnd;
        }

        /// <summary>Has the gateway trust this back end and nobody else.</summary>
        public void Trust(IServiceCollection services) => services.AddSingleton<BackendSetup>(handler =>
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString());

        /// <summary>From here on messages wait.</summary>
        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _held!.SetResult();

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _certificate.Dispose();
        }

        private async Task AnswerAsync(HttpContext http)
        {
            Connections[http.Connection.Id] = true;
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync(http.RequestAborted);
            var type = http.Request.Headers["x-rg-event-type"].ToString();
            if (type == "MESSAGE" && _held is { } held)
            {
                Interlocked.Increment(ref _heldCount);
                await held.Task.WaitAsync(http.RequestAborted);
            }

            await http.Response.WriteAsync($"{http.Request.Protocol} {type} {body}", http.RequestAborted);
        }
    }
}
