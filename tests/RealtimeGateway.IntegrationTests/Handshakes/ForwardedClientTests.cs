using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Handshakes;

/// <summary>Whose word about the client is taken, over real sockets.</summary>
public sealed class ForwardedClientTests
{
    [Theory]
    [InlineData("X-Forwarded-For: 198.51.100.1")]
    [InlineData("X-Forwarded-For: 198.51.100.1, 127.0.0.1")]
    [InlineData("Forwarded: for=198.51.100.1;proto=https;host=admin.example.com")]
    [InlineData("X-Real-IP: 198.51.100.1")]
    [InlineData("X-Forwarded-Host: admin.example.com")]
    [InlineData("X-Forwarded-Proto: https")]
    public async Task Connect_ForgedHeader_IsThePeer(string header)
    {
        await using var gateway = await TestGateway.StartAsync(
            _ => Configurations.Silent(), options: options => options.TrustedProxies.Add("10.0.0.0/8"));

        using var client = await gateway.ConnectAsync("/prod", header);

        await gateway.CountAsync(1);
        var identity = gateway.TheConnection().Identity;
        Assert.Equal(("127.0.0.1", $"127.0.0.1:{gateway.Port}", "http", gateway.Port), (identity.SourceIp, identity.DomainName, identity.Scheme, identity.Port));
    }

    [Fact]
    public async Task Connect_TrustedProxy_IsWhomItSpeaksFor()
    {
        await using var gateway = await TestGateway.StartAsync(
            _ => Configurations.Silent(), options: options => options.TrustedProxies.Add("127.0.0.1"));

        using var client = await gateway.ConnectAsync(
            "/prod", "X-Forwarded-For: 6.6.6.6, 198.51.100.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: chat.example.com", "Forwarded: for=6.6.6.6");

        await gateway.CountAsync(1);
        var identity = gateway.TheConnection().Identity;
        Assert.Equal(("198.51.100.1", "chat.example.com", "https", 443), (identity.SourceIp, identity.DomainName, identity.Scheme, identity.Port));
    }

    /// <summary>What a proxy tells of its client never makes a caller one of this machine.</summary>
    [Fact]
    public async Task Call_TrustedProxySaysLoopback_IsNoLocalCaller()
    {
        await using var gateway = await TestGateway.StartAsync(
            _ => Configurations.Silent(), options: options => options.TrustedProxies.Add("127.0.0.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/prod/@connections/AAAAAAAAAAAAAAAAAA==") { Headers = { { "X-Forwarded-For", "127.0.0.1" } } };

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Start_WrongProxy_Fails()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => TestGateway.StartAsync(
            _ => Configurations.Silent(), options: options => options.TrustedProxies.Add("haproxy")));

        Assert.StartsWith("RealtimeGatewayOptions.TrustedProxies:0: 'haproxy'", thrown.Message, StringComparison.Ordinal);
    }
}
