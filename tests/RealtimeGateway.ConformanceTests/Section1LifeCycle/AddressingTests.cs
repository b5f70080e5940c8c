using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section1LifeCycle;

/// <summary>
/// Where an API is found, for clients and for callbacks
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).
/// </summary>
[Trait("Section", "1.1")]
public sealed class AddressingTests
{
    /// <summary>As on AWS the host names the API; where names cannot be given, the path does, or it is the only one.</summary>
    [Theory]
    [InlineData("chat.execute-api.us-east-1.amazonaws.com", "/prod")]
    [InlineData("chat.execute-api.us-east-1.amazonaws.com", "/prod/")]
    [InlineData("chat.execute-api.eu-west-1.amazonaws.com:8443", "/prod")]
    [InlineData("127.0.0.1", "/chat/prod")]
    [InlineData("127.0.0.1", "/chat/prod/")]
    [InlineData("gateway.example", "/prod")]
    [InlineData("gateway.example", "/prod?room=blue")]
    public async Task Serves_ClientsAndCallbacks_UnderTheSameAddress(string host, string path)
    {
        await using var gateway = await TestGateway.StartAsync(
            Scene.Of(Scene.Mock("$context.apiId $context.stage $context.domainName $context.connectionId")));
        using var client = await OpenAsync(gateway, host, path);
        Assert.Equal(101, client.Status);
        var told = (await client.AskAsync("who am I")).Split(' ');
        Assert.Equal(["chat", "prod", host], told[..3]);

        using var call = new HttpRequestMessage(
            HttpMethod.Post, $"{path.Split('?')[0].TrimEnd('/')}/@connections/{Uri.EscapeDataString(told[3])}") { Content = new StringContent("pushed") };
        call.Headers.Host = host;
        using var answer = await gateway.Http.SendAsync(call, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("pushed", await client.ReadTextAsync());
    }

    /// <summary>The first label of a host decides only when it is an API's id.</summary>
    [Theory]
    [InlineData("chat.execute-api.us-east-1.amazonaws.com", "/nowhere")]
    [InlineData("chat.execute-api.us-east-1.amazonaws.com", "/prod/prod")]
    [InlineData("127.0.0.1", "/other/prod")]
    public async Task Forbids_OtherAddresses(string host, string path)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("x")));
        using var client = await OpenAsync(gateway, host, path);
        Assert.Equal(403, client.Status);
        Assert.Equal("ForbiddenException", client.Header("x-amzn-ErrorType"));
    }

    /// <summary>Two APIs share a listener; neither sees the other's clients.</summary>
    [Fact]
    public async Task Keeps_ApisApart()
    {
        await using var gateway = await TestGateway.StartAsync(backend =>
        {
            var chat = Scene.Of(Scene.Mock("$context.apiId"))(backend).Apis[0];
            return new GatewayConfiguration { Apis = [chat, chat with { Id = ApiId.Parse("game") }] };
        });
        using var chat = await gateway.ConnectAsync("/chat/prod");
        var id = Uri.EscapeDataString(gateway.TheConnection().Id.ToString());
        using var game = await gateway.ConnectAsync("/game/prod");
        Assert.Equal("chat", await chat.AskAsync("x"));
        Assert.Equal("game", await game.AskAsync("x"));

        using var wrong = await gateway.Http.PostAsync($"/game/prod/@connections/{id}", new StringContent("x"), TestContext.Current.CancellationToken);
        Assert.Equal(410, (int)wrong.StatusCode);
        using var right = await gateway.Http.PostAsync($"/chat/prod/@connections/{id}", new StringContent("x"), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)right.StatusCode);
    }

    private static async Task<RawWebSocket> OpenAsync(TestGateway gateway, string host, string path)
    {
        var client = await RawWebSocket.OpenAsync(gateway.Port);
        var request = RawWebSocket.Request(gateway.Port, path).Replace($"Host: 127.0.0.1:{gateway.Port}", $"Host: {host}", StringComparison.Ordinal);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(request));
        await client.ReadHeadAsync();
        return client;
    }
}
