using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Clients;

/// <summary>The clients that most people use: the ws package, and the AWS SDK for @connections, unmodified.</summary>
public sealed class NodeClientTests
{
    [Fact]
    public async Task Ws_TalksAndCloses()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(call.EventType switch
        {
            "CONNECT" => new BackendAnswer(200, [], ("Sec-WebSocket-Protocol", "chat.v1")),
            "MESSAGE" => BackendAnswer.Of(call.Text),
            _ => BackendAnswer.Ok,
        });
        await using var node = NodeScript.Start("ws-client.mjs");
        await node.SendAsync(new
        {
            command = "connect",
            url = $"ws://127.0.0.1:{gateway.Port}/prod?room=blue",
            protocols = (string[])["chat.v2", "chat.v1"],
            options = new { perMessageDeflate = true },
        });
        var open = await node.NextAsync("open");
        Assert.Equal("chat.v1", open["protocol"]!.ToString());
        Assert.Equal("", open["extensions"]!.ToString());

        var text = string.Concat(Enumerable.Repeat("\u00fc\u20ac\U0001F600", 3_000));
        await node.SendAsync(new { command = "send", text, fragments = 7 });
        Assert.Equal(text, (await node.NextAsync("message"))["text"]!.ToString());
        await node.SendAsync(new { command = "ping", text = "alive?" });
        Assert.Equal("alive?", (await node.NextAsync("pong"))["text"]!.ToString());

        await node.SendAsync(new { command = "close", code = 4000, reason = "done" });
        var close = await node.NextAsync("close");
        Assert.Equal((4000, "done"), (close["code"]!.GetValue<int>(), close["reason"]!.ToString()));
        Assert.Equal("4000", (await gateway.Backend.NextAsync("DISCONNECT")).Headers["x-rg-disconnect-status-code"]);
    }

    [Fact]
    public async Task Ws_HearsWhyItIsClosed()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        await using var node = NodeScript.Start("ws-client.mjs");
        for (var i = 0; i < 20; i++)
        {
            await node.SendAsync(new { command = "connect", url = $"ws://127.0.0.1:{gateway.Port}/prod" });
            await node.NextAsync("open");
            await node.SendAsync(i % 2 == 0
                ? new { command = "send", base64 = "AAEC", text = (string?)null }
                : (object)new { command = "send", text = new string('x', 32_769) });
            var close = await node.NextAsync("close");
            Assert.Equal(i % 2 == 0 ? 1003 : 1009, close["code"]!.GetValue<int>());
            Assert.Equal(i % 2 == 0 ? "Binary is not supported" : "Message too big", close["reason"]!.ToString());
        }
    }

    [Fact]
    public async Task Ws_SeesTheRefusal()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("members only", 401));
        await using var node = NodeScript.Start("ws-client.mjs");
        await node.SendAsync(new { command = "connect", url = $"ws://127.0.0.1:{gateway.Port}/prod" });
        var refused = await node.NextAsync("unexpected-response");
        Assert.Equal((401, "members only"), (refused["status"]!.GetValue<int>(), refused["body"]!.ToString()));
    }

    /// <summary>https://docs.aws.amazon.com/apigatewaymanagementapi: the SDK finds its own errors in our answers.</summary>
    [Fact]
    public async Task AwsSdk_PostsGetsAndDeletes()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync("/prod", "User-Agent: demo");
        var connectionId = gateway.TheConnection().Id.ToString();
        await using var sdk = NodeScript.Start("management.mjs", "--endpoint", $"http://127.0.0.1:{gateway.Port}/prod", "--max-attempts", "1");

        await sdk.SendAsync(new { command = "post", connectionId, text = "from the SDK", id = 1 });
        Assert.Equal(200, (await sdk.NextAsync("result"))["status"]!.GetValue<int>());
        Assert.Equal("from the SDK", await client.ReadTextAsync());

        await sdk.SendAsync(new { command = "get", connectionId, id = 2 });
        var described = (await sdk.NextAsync("result"))["value"]!;
        Assert.Equal("demo", described["Identity"]!["UserAgent"]!.ToString());
        Assert.Equal("127.0.0.1", described["Identity"]!["SourceIp"]!.ToString());
        Assert.True(DateTimeOffset.Parse(described["ConnectedAt"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.AddMinutes(-1));

        await sdk.SendAsync(new { command = "post", connectionId, text = new string('x', 131_073), id = 3 });
        Assert.Equal(413, (await sdk.NextAsync("failure"))["status"]!.GetValue<int>());
        await sdk.SendAsync(new { command = "post", connectionId = "no-such-form", text = "x", id = 4 });
        Assert.Equal("BadRequestException", (await sdk.NextAsync("failure"))["name"]!.ToString());

        await sdk.SendAsync(new { command = "delete", connectionId, id = 5 });
        Assert.Equal(204, (await sdk.NextAsync("result"))["status"]!.GetValue<int>());
        Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
        foreach (var command in (string[])["post", "get", "delete"])
        {
            await sdk.SendAsync(new { command, connectionId, text = "x", id = 6 });
            var gone = await sdk.NextAsync("failure");
            Assert.Equal(("GoneException", 410), (gone["name"]!.ToString(), gone["status"]!.GetValue<int>()));
        }
    }
}
