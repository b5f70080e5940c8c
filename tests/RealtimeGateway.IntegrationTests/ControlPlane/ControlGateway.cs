using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.Connections;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.Hosting;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>A gateway with a control plane and a store of its own; both sides on one port, a back end beside it.</summary>
internal sealed class ControlGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ControlGateway(WebApplication app, Backend backend) => (_app, Backend) = (app, backend);

    public Backend Backend { get; }

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Where tools and clients ask.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    public Gateway Gateway => _app.Services.GetRequiredService<Gateway>();

    public ConnectionTable Connections => _app.Services.GetRequiredService<ConnectionTable>();

    public static async Task<ControlGateway> StartAsync(TemporaryDirectory directory, GatewayConfiguration? configuration = null, Action<GatewayAccessOptions>? access = null)
    {
        var backend = await Backend.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var lambda = backend.Uri.AbsoluteUri;
        builder.Services.AddSingleton(new AwsEndpoints(name => name == "AWS_ENDPOINT_URL_LAMBDA" ? lambda : null));
        builder.AddRealtimeGateway(options =>
        {
            options.Configuration = configuration ?? GatewayConfiguration.Empty;
            options.DataDirectory = directory.Path;
            options.StopTimeout = TimeSpan.FromMilliseconds(200);
        });
        if (access is not null)
        {
            builder.Services.Configure(access);
        }

        WebApplication? app = null;
        builder.AddRealtimeGatewayControlPlane(options =>
        {
            options.DataDirectory = directory.Path;
            options.PublicUrl = () => $"ws://127.0.0.1:{new Uri(app!.Urls.First()).Port}/{{apiId}}";
        });
        app = builder.Build();
        app.MapRealtimeGatewayControlPlane();
        app.MapRealtimeGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ControlGateway(app, backend);
    }

    /// <summary>Connects a client that sees every byte.</summary>
    public Task<RawWebSocket> ConnectAsync(string path, params string[] headers) => RawWebSocket.ConnectAsync(Port, path, headers);

    /// <summary>Connects a client that must be let in.</summary>
    public async Task<RawWebSocket> OpenAsync(string path)
    {
        var client = await ConnectAsync(path);
        Assert.True(client.Status == 101, $"{client.Head}\n{System.Text.Encoding.UTF8.GetString(client.Body)}");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await Backend.DisposeAsync();
    }
}
