using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RealtimeGateway.Server.Listeners;

/// <summary>
/// The two listeners. With https both speak HTTP/1.1 and HTTP/2; without, HTTP/1.1 alone, since the two cannot be told apart on one cleartext port
/// without ALPN. Certificates are Kestrel's: <c>Kestrel__Certificates__Default__Path</c> and the like
/// (https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/endpoints).
/// </summary>
internal sealed class GatewayListeners(ServerSettings settings)
{
    /// <summary>Bounds what the kernel hides of a slow client's backlog.</summary>
    private const int SendBufferBytes = 64 * 1024;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private ListenOptions? _data;
    private ListenOptions? _admin;

    /// <summary>Where the data listener listens, with the bound port once it does.</summary>
    public string DataUrl => Bound(settings.DataUrl, _data);

    /// <summary>Where clients on this machine connect: <c>ws://localhost:8080</c>.</summary>
    public string DataUrlForClients => $"ws{DataUrlFor("localhost")["http".Length..]}";

    /// <summary>The URL of the data listener under another name for this machine.</summary>
    public string DataUrlFor(string host) => Bound(settings.DataUrl with { Host = host }, _data);

    /// <summary>Where the admin listener listens, with the bound port once it does.</summary>
    public string AdminUrl => Bound(settings.AdminUrl, _admin);

    /// <summary>Sets the server up.</summary>
    public void AddTo(WebApplicationBuilder builder)
    {
        // Container images preset ports for programs without settings of their own.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = endPoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            if (socket.ProtocolType == ProtocolType.Tcp)
            {
                socket.SendBufferSize = SendBufferBytes;
            }

            return socket;
        });
        if (settings.InlineThreads)
        {
            InlineThreads.AddTo(builder);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Listen(settings.DataUrl.Address, settings.DataUrl.Port, listen => _data = Configure(listen, settings.DataUrl, ListenerSide.Data));
            kestrel.Listen(settings.AdminUrl.Address, settings.AdminUrl.Port, listen => _admin = Configure(listen, settings.AdminUrl, ListenerSide.Admin));
        });
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerMatcherPolicy>());
    }

    private ListenOptions Configure(ListenOptions listen, ListenUrl url, ListenerSide side)
    {
        listen.Protocols = url.IsSecure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        if (settings.InlineThreads && side == ListenerSide.Admin)
        {
            InlineThreads.HandOver(listen);
        }

        if (url.IsSecure)
        {
            listen.UseHttps();
        }

        if (settings.EarlyTakeOver && side == ListenerSide.Data)
        {
            listen.UseRealtimeGateway();
        }

        // Last, since only HTTP asks which side it is on.
        listen.Use(next => connection =>
        {
            connection.Features.Set(side);
            return next(connection);
        });
        return listen;
    }

    private static string Bound(ListenUrl url, ListenOptions? listen) => url.ToString(listen?.IPEndPoint?.Port ?? url.Port);
}
