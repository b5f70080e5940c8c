using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Hosting;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>The gateway as an application hosts it, on ports of the system's choosing, with a back end beside it.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConnectionSweeper _sweeper;
    private bool _isStopped;

    private TestGateway(WebApplication app, Backend backend, FakeTimeProvider? clock, ErrorLog log)
    {
        _app = app;
        Backend = backend;
        Clock = clock;
        Log = log;
        _sweeper = app.Services.GetServices<IHostedService>().OfType<ConnectionSweeper>().Single();
        var urls = app.Urls.Select(url => new Uri(url)).ToArray();
        Port = urls[0].Port;
        Http2Port = urls[1].Port;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
    }

    /// <summary>HTTP/1.1.</summary>
    public int Port { get; }

    /// <summary>HTTP/2 without TLS.</summary>
    public int Http2Port { get; }

    public Backend Backend { get; }

    public ErrorLog Log { get; }

    /// <summary>The clock that drives the gateway; null: the system's.</summary>
    public FakeTimeProvider? Clock { get; }

    /// <summary>Asks the gateway over HTTP.</summary>
    public HttpClient Http { get; }

    public Gateway Gateway => _app.Services.GetRequiredService<Gateway>();

    public ConnectionTable Connections => _app.Services.GetRequiredService<ConnectionTable>();

    public ConnectionLifecycle Lifecycle => _app.Services.GetRequiredService<ConnectionLifecycle>();

    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    public EarlyTakeOver Early => _app.Services.GetRequiredService<EarlyTakeOver>();

    public HeadDeadlines Heads => _app.Services.GetRequiredService<HeadDeadlines>();

    public Drain Drain => _app.Services.GetRequiredService<Drain>();

    public Rebalance Rebalance => _app.Services.GetRequiredService<Rebalance>();

    /// <summary>What the ids of its connections begin with.</summary>
    public uint Incarnation => _app.Services.GetRequiredService<IdSource>().Incarnation;

    public OutboundBudget Budget => _app.Services.GetRequiredService<OutboundBudget>();

    /// <summary>Starts a gateway.</summary>
    /// <param name="configure">Makes the configuration, from the base URL of the back end.</param>
    /// <param name="clock">Drives the gateway's time by hand; what waits for sockets stays real.</param>
    /// <param name="stopTimeout">How long the gateway waits for clients when it stops.</param>
    /// <param name="settings">Settings of the application, such as <c>Gateway:AccountId</c>.</param>
    /// <param name="takesEarly">Whether WebSockets are taken over before Kestrel's HTTP; null: as <c>GATEWAY_TESTS_EARLY</c> says, on unless that is 0, so that all tests can run both ways.</param>
    /// <param name="options">Sets whatever else the application can.</param>
    /// <param name="services">Registers what the gateway is to find there.</param>
    public static async Task<TestGateway> StartAsync(
        Func<Uri, GatewayConfiguration> configure,
        FakeTimeProvider? clock = null,
        TimeSpan? stopTimeout = null,
        IEnumerable<KeyValuePair<string, string?>>? settings = null,
        bool? takesEarly = null,
        Action<RealtimeGatewayOptions>? options = null,
        Action<IServiceCollection>? services = null)
    {
        var takesOverEarly = takesEarly ?? Environment.GetEnvironmentVariable("GATEWAY_TESTS_EARLY") != "0";
        var backend = await Backend.StartAsync();
        var log = new ErrorLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (takesOverEarly)
                {
                    listen.UseRealtimeGateway();
                }
            });
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        if (clock is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
        }

        var aws = backend.Uri.AbsoluteUri;
        // Every service of AWS is the back end. The general variable names a port where nobody listens: a service whose own is missed fails.
        builder.Services.AddSingleton(new AwsEndpoints(
            name => name.StartsWith("AWS_ENDPOINT_URL_", StringComparison.Ordinal) ? aws : name == "AWS_ENDPOINT_URL" ? "http://127.0.0.1:9" : null));
        services?.Invoke(builder.Services);
        builder.AddRealtimeGateway(given =>
        {
            given.Configuration = configure(backend.Uri);
            given.StopTimeout = stopTimeout ?? TimeSpan.FromMilliseconds(200);
            options?.Invoke(given);
        });
        var app = builder.Build();
        app.MapRealtimeGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestGateway(app, backend, clock, log);
    }

    /// <summary>Connects a client that sees every byte.</summary>
    public Task<RawWebSocket> ConnectAsync(string path = "/prod", params string[] headers) => RawWebSocket.ConnectAsync(Port, path, headers);

    /// <summary>Moves the clock on and does at once what the passing seconds make due.</summary>
    public void Advance(TimeSpan time)
    {
        Clock!.Advance(time);
        _sweeper.SweepOnce();
    }

    /// <summary>Does what is due now.</summary>
    public void Sweep() => _sweeper.SweepOnce();

    /// <summary>The only connection there is.</summary>
    public Connection TheConnection()
    {
        Connection? only = null;
        foreach (var (_, connection) in Connections)
        {
            Assert.Null(only);
            only = connection;
        }

        return only!;
    }

    /// <summary>Waits until the gateway holds as many connections.</summary>
    public Task CountAsync(int count) => Patience.Until(() => Connections.Count == count, $"there are {count} connections");

    /// <summary>Stops the application as a signal would.</summary>
    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        var stopping = _app.StopAsync(TestContext.Current.CancellationToken);
        while (Clock is not null && !stopping.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromMilliseconds(5)));
        }

        await stopping;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
        await Backend.DisposeAsync();
    }
}
