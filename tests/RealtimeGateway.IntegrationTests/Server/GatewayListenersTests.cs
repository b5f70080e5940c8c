using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeGateway.Server;
using RealtimeGateway.Server.Listeners;

namespace RealtimeGateway.IntegrationTests.Server;

public sealed class GatewayListenersTests
{
    [Fact]
    public async Task AddTo_Builder_BoundsHeadersAndSendBuffers()
    {
        var url = new ListenUrl(IsSecure: false, "127.0.0.1", 0);
        var builder = WebApplication.CreateSlimBuilder();
        new GatewayListeners(new ServerSettings { DataUrl = url, AdminUrl = url, DataDirectory = ".", File = null }).AddTo(builder);
        await using var app = builder.Build();

        var kestrel = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        Assert.Equal((TimeSpan.FromSeconds(10), false), (kestrel.Limits.RequestHeadersTimeout, kestrel.AddServerHeader));
        using var socket = app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value.CreateBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));

        // Linux books twice what is asked for and reports that.
        Assert.Contains(socket.SendBufferSize, new[] { 64 * 1024, 128 * 1024 });
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080", true)]
    [InlineData("HTTP://LOCALHOST:0/", "http://localhost:0", true)]
    [InlineData("https://[::1]:8443", "https://[::1]:8443", true)]
    [InlineData("http://*:80", "http://*:80", false)]
    [InlineData("http://0.0.0.0:80", "http://0.0.0.0:80", false)]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:80", true)]
    public void ListenUrl_Good_IsParsed(string text, string printed, bool isLoopback)
    {
        Assert.True(ListenUrl.TryParse(text, out var url, out _));
        Assert.Equal((printed, isLoopback), (url.ToString(), url.IsLoopback));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData("ftp://127.0.0.1:21")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:8080/path")]
    [InlineData("http://unix:/tmp/x.sock")]
    [InlineData("http://gateway.example:8080")]
    public void ListenUrl_Bad_IsRefusedWithAReason(string text)
    {
        Assert.False(ListenUrl.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }
}
