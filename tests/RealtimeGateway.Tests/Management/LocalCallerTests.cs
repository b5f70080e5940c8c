using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Management;

namespace RealtimeGateway.Tests.Management;

public sealed class LocalCallerTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("::ffff:192.0.2.1", false)]
    [InlineData("::", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData(null, false)]
    public void Is_Address_MustBeLoopback(string? address, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);

        Assert.Equal(expected, LocalCaller.Is(http));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-for", "")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("X-Forwarded", "for=127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("CF-Connecting-IP", "127.0.0.1")]
    [InlineData("True-Client-IP", "127.0.0.1")]
    [InlineData("X-Original-For", "192.0.2.1:4711")]
    public void Is_HeaderOfAProxy_SpeaksForSomebodyElse(string name, string value)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Headers[name] = value;

        Assert.False(LocalCaller.Is(http));
    }

    [Fact]
    public void Is_AddressRewrittenByMiddleware_IsNotBelieved()
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IConnectionEndPointFeature>(new Peer { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4711) });
        http.Connection.RemoteIpAddress = IPAddress.Loopback;

        Assert.False(LocalCaller.Is(http));
    }

    private sealed class Peer : IConnectionEndPointFeature
    {
        public EndPoint? LocalEndPoint { get; set; }

        public EndPoint? RemoteEndPoint { get; set; }
    }
}
