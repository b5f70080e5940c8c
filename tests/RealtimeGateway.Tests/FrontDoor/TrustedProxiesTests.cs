using System.Net;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.Tests.FrontDoor;

public sealed class TrustedProxiesTests
{
    private static readonly TrustedProxies Usual = Trust("10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48");

    /// <summary>Who speaks from where nobody is trusted may write what he likes.</summary>
    [Theory]
    [InlineData("X-Forwarded-For", "198.51.100.1")]
    [InlineData("X-Forwarded-For", "10.0.0.1, 10.0.0.2")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "admin.example.com")]
    [InlineData("Forwarded", "for=198.51.100.1;proto=https;host=admin.example.com")]
    [InlineData("X-Real-IP", "198.51.100.1")]
    public void Resolve_PeerIsNotTrusted_IsThePeer(string header, string value)
    {
        Assert.Equal(new ForwardedClient(IPAddress.Parse("203.0.113.9")), Resolve(Usual, "203.0.113.9", (header, value)));
        Assert.Equal(new ForwardedClient(IPAddress.Parse("203.0.113.9")), Resolve(TrustedProxies.None, "203.0.113.9", (header, value)));
    }

    [Theory]
    [InlineData("198.51.100.1", "198.51.100.1")]
    [InlineData("1.2.3.4, 198.51.100.1", "198.51.100.1")]
    [InlineData("1.2.3.4, 198.51.100.1, 10.1.1.1", "198.51.100.1")]
    [InlineData("198.51.100.1:4711", "198.51.100.1")]
    [InlineData("[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData(" , 198.51.100.1 ,, ", "198.51.100.1")]
    [InlineData("198.51.100.1,2001:db8:1::5,192.0.2.7", "198.51.100.1")]
    [InlineData("10.3.3.3, 10.2.2.2", "10.3.3.3")]
    [InlineData("192.0.2.8", "192.0.2.8")]
    public void Resolve_TrustedPeer_GoesLeftThroughTrustedHopsOnly(string value, string client) =>
        Assert.Equal(IPAddress.Parse(client), Resolve(Usual, "10.0.0.1", ("X-Forwarded-For", value)).Address);

    /// <summary>What is no address in everybody's eyes ends the walk: the nearest proxy stands for its client.</summary>
    [Theory]
    [InlineData("unknown")]
    [InlineData("_hidden")]
    [InlineData("1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4:")]
    [InlineData("1.2.3.4:x")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[::1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1.2.3.4 5.6.7.8")]
    [InlineData("\"1.2.3.4\"")]
    public void Resolve_NoAddress_StopsAtTheProxyThatWroteIt(string written)
    {
        Assert.Equal(IPAddress.Parse("10.0.0.1"), Resolve(Usual, "10.0.0.1", ("X-Forwarded-For", $"6.6.6.6, {written}")).Address);
        Assert.Equal(IPAddress.Parse("10.9.9.9"), Resolve(Usual, "10.0.0.1", ("X-Forwarded-For", $"6.6.6.6, {written}, 10.9.9.9")).Address);
    }

    [Fact]
    public void Resolve_SeveralLines_AreOneList() => Assert.Equal(
        IPAddress.Parse("198.51.100.1"),
        Usual.Resolve(IPAddress.Parse("::ffff:10.0.0.1"), new HeaderDictionary { ["X-Forwarded-For"] = new(["6.6.6.6", "198.51.100.1, 10.1.1.1", "10.2.2.2"]) }).Address);

    [Theory]
    // One proxy; the client wrote the first element itself.
    [InlineData("198.51.100.1", "https", "https")]
    [InlineData("6.6.6.6, 198.51.100.1", "https, http", "http")]
    // Two proxies, and each appends.
    [InlineData("198.51.100.1, 10.1.1.1", "https, http", "https")]
    [InlineData("198.51.100.1, 10.1.1.1", "wss, https, http", "https")]
    // Two proxies, and one of them writes.
    [InlineData("198.51.100.1, 10.1.1.1", "https", "https")]
    // Three proxies, two elements: whose?
    [InlineData("198.51.100.1, 10.1.1.1, 10.2.2.2", "https, http", null)]
    [InlineData("198.51.100.1", "gopher", null)]
    [InlineData("", "WSS", "https")]
    public void Resolve_Proto_IsThatOfTheOutermostTrustedHop(string addresses, string schemes, string? scheme) =>
        Assert.Equal(scheme, Resolve(Usual, "10.0.0.1", ("X-Forwarded-For", addresses), ("X-Forwarded-Proto", schemes)).Scheme);

    [Theory]
    [InlineData("chat.example.com", "chat.example.com")]
    [InlineData("chat.example.com:8443", "chat.example.com:8443")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("chat.example.com/x", null)]
    [InlineData("a@b", null)]
    [InlineData("a b", null)]
    [InlineData("é", null)]
    public void Resolve_Host_IsOneOrNothing(string written, string? host) =>
        Assert.Equal(host, Resolve(Usual, "10.0.0.1", ("X-Forwarded-Host", written)).Host);

    [Theory]
    [InlineData("for=198.51.100.1;proto=https;host=chat.example.com", "198.51.100.1", "https", "chat.example.com")]
    [InlineData("For=\"[2001:db8::1]:4711\" ; Proto=http", "2001:db8::1", "http", null)]
    [InlineData("for=6.6.6.6;proto=http, for=198.51.100.1;proto=https, for=10.1.1.1;host=inner", "198.51.100.1", "https", null)]
    [InlineData("for=\"6.6.6.6, for=198.51.100.1;proto=https", "198.51.100.1", "https", null)]
    [InlineData("for=6.6.6.6, for=unknown;proto=https", "10.0.0.1", "https", null)]
    [InlineData("for=6.6.6.6, proto=https", "10.0.0.1", "https", null)]
    [InlineData("forged=6.6.6.6", "10.0.0.1", null, null)]
    public void Resolve_Forwarded_GoesTheSameWay(string value, string client, string? scheme, string? host)
    {
        Assert.True(TrustedProxies.TryCreate(["10.0.0.0/8"], "forwarded", out var trusted, out _));

        Assert.Equal(new ForwardedClient(IPAddress.Parse(client), scheme, host), Resolve(trusted, "10.0.0.1", ("Forwarded", value), ("X-Forwarded-For", "6.6.6.6")));
    }

    /// <summary>A proxy that writes the one header lets the other through as the client sent it.</summary>
    [Fact]
    public void Resolve_TheOtherHeader_IsNotRead() => Assert.Equal(
        new ForwardedClient(IPAddress.Parse("198.51.100.1")),
        Resolve(Usual, "10.0.0.1", ("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=6.6.6.6;proto=https;host=x")));

    [Theory]
    [InlineData("https", "chat.example.com", "inner:8080", 443)]
    [InlineData("https", "chat.example.com:8443", "inner", 8443)]
    [InlineData("http", null, "[::1]", 80)]
    [InlineData("http", null, "inner:8080", 8080)]
    [InlineData(null, "chat.example.com", "inner", null)]
    public void PortAt_IsWhatTheClientReached(string? scheme, string? host, string requestHost, int? port) =>
        Assert.Equal(port, new ForwardedClient(IPAddress.Loopback, scheme, host).PortAt(requestHost));

    [Theory]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0")]
    [InlineData("haproxy")]
    [InlineData("fe80::1%1")]
    [InlineData("")]
    public void TryCreate_NoNetwork_IsTold(string text)
    {
        Assert.False(TrustedProxies.TryCreate(["10.0.0.1", text], "X-Forwarded-For", out var trusted, out var problem));

        Assert.True(trusted.IsEmpty);
        Assert.StartsWith($"TrustedProxies:1: '{text}'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_OtherHeader_IsTold()
    {
        Assert.False(TrustedProxies.TryCreate([], "X-Real-IP", out _, out var problem));

        Assert.StartsWith("ForwardedHeader: 'X-Real-IP'", problem, StringComparison.Ordinal);
    }

    private static TrustedProxies Trust(params string[] proxies)
    {
        Assert.True(TrustedProxies.TryCreate(proxies, TrustedProxies.XForwarded, out var trusted, out var problem), problem);
        return trusted;
    }

    private static ForwardedClient Resolve(TrustedProxies trusted, string peer, params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            dictionary.Append(name, value);
        }

        return trusted.Resolve(IPAddress.Parse(peer), dictionary);
    }
}
