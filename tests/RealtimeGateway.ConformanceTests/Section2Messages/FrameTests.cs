using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section2Messages;

/// <summary>
/// What frames mean
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html).
/// </summary>
[Trait("Section", "2.3")]
public sealed class FrameTests
{
    /// <summary>A ping is answered and is no message: no route is selected for it.</summary>
    [Fact]
    public async Task Answers_Ping_WithoutARoute()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await gateway.ConnectAsync();
        _ = await gateway.Backend.NextAsync("CONNECT");
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Ping, "are you there?"u8));
        var pong = await client.ReadFrameAsync();
        Assert.Equal(Op.Pong, pong!.Opcode);
        Assert.Equal("are you there?", pong.Text);

        await client.SendTextAsync("""{"action":"one"}""");
        _ = await gateway.Backend.NextAsync("MESSAGE");
        Assert.Equal(2, gateway.Backend.Calls.Count);
    }

    /// <summary>Pushes at and beyond the size of a frame arrive whole, as text.</summary>
    [Theory]
    [InlineData(32_768)]
    [InlineData(32_769)]
    [InlineData(131_072)]
    public async Task Delivers_LargePushes_Whole(int size)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        using var answer = await gateway.Http.PostAsync(
            $"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}",
            new StringContent(new string('x', size)), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);

        var opcode = Op.Text;
        var received = 0;
        RawFrame? frame;
        do
        {
            frame = await client.ReadFrameAsync();
            Assert.Equal(opcode, frame!.Opcode);
            Assert.All(frame.Payload, static value => Assert.Equal((byte)'x', value));
            received += frame.Payload.Length;
            opcode = Op.Continuation;
        }
        while (!frame.IsFinal);
        Assert.Equal(size, received);
    }

    /// <summary>Frames of a message are put together before its route is selected.</summary>
    [Fact]
    public async Task Selects_Route_OfAFragmentedMessage()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("$input.path('$.action')")));
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Text, """{"act"""u8, isFinal: false));
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Continuation, """ion":"jo"""u8, isFinal: false));
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Continuation, """in"}"""u8));
        Assert.Equal("join", await client.ReadTextAsync());
    }

    /// <summary>Binary data travels as base64 text: decoded on its way to the back end, encoded on its way back.</summary>
    [Fact]
    public async Task Converts_Base64_ToBytesAndBack()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Http,
            Uri = "/bytes",
            ContentHandling = ContentHandling.ConvertToBinary,
            Responses = [new IntegrationResponse { Key = Route.Default, ContentHandling = ContentHandling.ConvertToText }],
        }));
        gateway.Backend.Answer = static call => Task.FromResult(new BackendAnswer(200, [.. call.Body.Reverse()]));
        using var client = await gateway.ConnectAsync();

        Assert.Equal("/gEA", await client.AskAsync("AAH+"));
        Assert.Equal([0, 1, 0xfe], (await gateway.Backend.NextAsync()).Body);
        Assert.StartsWith("""{"message": "Internal server error",""", await client.AskAsync("*not base64*"), StringComparison.Ordinal);
        Assert.Single(gateway.Backend.Calls);
    }

    /// <summary>A binary frame closes the connection, with Amazon's code and words.</summary>
    [Fact]
    public async Task Closes_OverABinaryFrame()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Binary, [1, 2, 3]));
        Assert.Equal(1003, (await client.ReadCloseAsync()).CloseCode);
    }
}
