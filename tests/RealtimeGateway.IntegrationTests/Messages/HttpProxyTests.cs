using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Messages;

/// <summary>What an HTTP back end is told without any mapping.</summary>
public sealed class HttpProxyTests
{
    [Fact]
    public async Task Tells_EverythingInHeaders_OfEachEvent()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await gateway.ConnectAsync("/prod?room=blue", "Cookie: a=b", "User-Agent: demo", "X-Api-Thing: 7");
        var id = gateway.TheConnection().Id.ToString();
        var host = $"127.0.0.1:{gateway.Port}";

        var connect = await gateway.Backend.NextAsync();
        Assert.Equal("POST", connect.Method);
        Assert.Equal("/events?room=blue", connect.RawTarget);
        Assert.Empty(connect.Body);
        AssertHeaders(connect, ("x-rg-event-type", "CONNECT"), ("x-rg-route-key", "$connect"), ("Cookie", "a=b"), ("X-Api-Thing", "7"));
        AssertHeaders(connect, ("Sec-WebSocket-Version", "13"), ("User-Agent", "AmazonAPIGateway_chat"), ("X-Forwarded-Proto", "http"));
        Assert.False(connect.Headers.ContainsKey("Upgrade"));
        Assert.False(connect.Headers.ContainsKey("Connection"));

        await client.SendTextAsync("""{"action":"two"}""");
        var message = await gateway.Backend.NextAsync();
        Assert.Equal("/events", message.RawTarget);
        Assert.Equal("""{"action":"two"}""", message.Text);
        AssertHeaders(message, ("x-rg-event-type", "MESSAGE"), ("x-rg-route-key", "two"), ("Content-Type", "application/json"));
        Assert.EndsWith(id[^12..], message.Headers["x-rg-message-id"].ToString(), StringComparison.Ordinal);

        await client.CloseAsync(4321, "done; \u00e4");
        var end = await gateway.Backend.NextAsync();
        Assert.Empty(end.Body);
        AssertHeaders(end, ("x-rg-event-type", "DISCONNECT"), ("x-rg-disconnect-status-code", "4321"));
        Assert.Equal("done; \u00e4", Uri.UnescapeDataString(end.Headers["x-rg-disconnect-reason"].ToString()));

        foreach (var call in (BackendCall[])[connect, message, end])
        {
            AssertHeaders(call, ("x-rg-connection-id", id), ("x-rg-api-id", "chat"), ("x-rg-stage", "prod"), ("x-rg-domain-name", host));
            AssertHeaders(call, ("x-rg-source-ip", "127.0.0.1"), ("X-Forwarded-For", "127.0.0.1"), ("x-amzn-apigateway-api-id", "chat"));
            AssertHeaders(call, ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", gateway.Port.ToString(CultureInfo.InvariantCulture)));
            Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$", call.Headers["X-Amzn-Trace-Id"].ToString());
            Assert.Matches("^[A-Za-z0-9_-]{15}=$", call.Headers["x-rg-request-id"].ToString());
            Assert.False(call.Headers.ContainsKey("x-rg-signature"));
        }
    }

    [Fact]
    public async Task Drops_HeadersThatOnlyTheGatewayMaySay()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await gateway.ConnectAsync(
            "/prod",
            "x-rg-connection-id: forged",
            "X-RG-Signature: sha256=00",
            "x-rg-anything: forged",
            "X-Forwarded-For: 203.0.113.7",
            "X-Forwarded-Proto: https",
            "x-amzn-apigateway-api-id: forged");
        var call = await gateway.Backend.NextAsync();

        Assert.Equal(gateway.TheConnection().Id.ToString(), call.Headers["x-rg-connection-id"].ToString());
        Assert.False(call.Headers.ContainsKey("x-rg-signature"));
        Assert.False(call.Headers.ContainsKey("x-rg-anything"));
        AssertHeaders(call, ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "http"), ("x-amzn-apigateway-api-id", "chat"));
    }

    /// <summary>HMAC-SHA256 (RFC 2104) over request id, time, connection, event, route and body proves who calls, and about whom.</summary>
    [Fact]
    public async Task Signs_EachCall_WhenThereIsASecret()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
            Configurations.Http(backend, integration: static integration => integration with { Secret = "s\u00e4cret" }));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("hello \u00fc");
        var connect = await gateway.Backend.NextAsync();
        var message = await gateway.Backend.NextAsync();
        await client.CloseAsync();
        var end = await gateway.Backend.NextAsync();

        foreach (var call in (BackendCall[])[connect, message, end])
        {
            var time = call.Headers["x-rg-timestamp"].ToString();
            var head = $"{call.Headers["x-rg-request-id"]}.{time}.{call.Headers["x-rg-connection-id"]}"
                + $".{call.Headers["x-rg-event-type"]}.{call.Headers["x-rg-route-key"]}.";
            byte[] signed = [.. Encoding.ASCII.GetBytes(head), .. call.Body];
            var expected = HMACSHA256.HashData("s\u00e4cret"u8, signed);
            Assert.Equal($"sha256={Convert.ToHexStringLower(expected)}", call.Headers["x-rg-signature"].ToString());
            var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(time, CultureInfo.InvariantCulture);
            Assert.InRange(age, 0, 60);
        }
    }

    /// <summary>Nothing a client puts into its close reason or route ends a header (RFC 9110 §5.5).</summary>
    [Fact]
    public async Task Encodes_ControlCharactersInHeaders()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var client = await gateway.ConnectAsync();
        await client.CloseAsync(1000, "a\r\nX-Evil: 1\0%");
        var end = await gateway.Backend.NextAsync("DISCONNECT");

        Assert.False(end.Headers.ContainsKey("X-Evil"));
        Assert.Equal("a%0D%0AX-Evil%3A%201%00%25", end.Headers["x-rg-disconnect-reason"].ToString());
    }

    [Fact]
    public async Task Follows_NoRedirect()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(
            call.EventType == "MESSAGE" ? new BackendAnswer(302, "moved"u8.ToArray(), ("Location", "/elsewhere")) : BackendAnswer.Ok);
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("x");

        Assert.Equal("moved", await client.ReadTextAsync());
        Assert.DoesNotContain(gateway.Backend.Calls, call => call.RawTarget.Contains("elsewhere", StringComparison.Ordinal));
    }

    /// <summary>Binary messages go as octets, and octets come back as binary.</summary>
    [Fact]
    public async Task Carries_Binary_ByContentType()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend, static stage => stage with { AllowBinary = true }));
        gateway.Backend.Answer = static call => Task.FromResult(call.EventType == "MESSAGE"
            ? new BackendAnswer(200, call.Body, ("Content-Type", call.Headers["Content-Type"].ToString()))
            : BackendAnswer.Ok);
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Binary, [0xff, 0]));
        var frame = await client.ReadFrameAsync();
        Assert.Equal(Op.Binary, frame!.Opcode);
        Assert.Equal([0xff, 0], frame.Payload);
        AssertHeaders(await gateway.Backend.NextAsync("MESSAGE"), ("Content-Type", "application/octet-stream"));

        await client.SendTextAsync("text");
        Assert.Equal("text", await client.ReadTextAsync());
    }

    private static void AssertHeaders(BackendCall call, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            Assert.True(call.Headers.TryGetValue(name, out var actual), $"{name} is not there.");
            Assert.Equal(value, actual.ToString());
        }
    }
}
