using System.Net;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Management;

/// <summary>A POST that is repeated with the same <c>Idempotency-Key</c> or <c>amz-sdk-invocation-id</c> is sent once.</summary>
public sealed class RepeatedPushTests
{
    private const string Key = "Idempotency-Key";
    private const string Invocation = "amz-sdk-invocation-id";

    [Theory]
    [InlineData(Key)]
    [InlineData(Invocation)]
    public async Task Sends_RepeatOfAKeyedPush_Once(string header)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, "once", (header, "4d2c7a30-9d3b")));
        }

        // Another message, another key, no key: none is a repeat.
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, "other", (header, "4d2c7a30-9d3b")));
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, "once", (header, "5d2c7a30-9d3b")));
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, "plain"));
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, "plain"));
        Assert.Equal(["once", "other", "once", "plain", "plain"], await ReadAsync(client, 5));
    }

    [Fact]
    public async Task Sends_RepeatByTheCallersOwnKey_OnceWhateverItsSdkSays()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        await PushAsync(gateway, "once", (Key, "order-1"), (Invocation, "a"));
        await PushAsync(gateway, "once", (Key, "order-1"), (Invocation, "b"));
        // A name that an SDK chose is another one than the same name of a caller.
        await PushAsync(gateway, "once", (Invocation, "order-1"));
        await PushAsync(gateway, "end");
        Assert.Equal(["once", "once", "end"], await ReadAsync(client, 3));
    }

    [Fact]
    public async Task Sends_SameKeyToAnotherConnection()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var first = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id.ToString();
        await PushAsync(gateway, id, "hello", (Key, "k"));
        Assert.Equal("hello", await first.ReadTextAsync());
        using var second = await gateway.ConnectAsync();
        var other = "";
        foreach (var (another, _) in gateway.Connections)
        {
            other = another.ToString() == id ? other : another.ToString();
        }

        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway, other, "hello", (Key, "k")));
        Assert.Equal("hello", await second.ReadTextAsync());
    }

    [Fact]
    public async Task Sends_ParallelRepeats_Once()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            var text = $"{i}";
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PushAsync(gateway, text, (Invocation, text))));
            Assert.All(answers, static status => Assert.Equal(HttpStatusCode.OK, status));
        }

        await PushAsync(gateway, "end");
        Assert.Equal([.. Enumerable.Range(0, 20).Select(static i => $"{i}"), "end"], await ReadAsync(client, 21));
    }

    [Fact]
    public async Task Remembers_For120Seconds_AndForgetsAfter160()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
        await using var gateway = await TestGateway.StartAsync(
            static _ => Configurations.Silent(static stage => stage with { Limits = stage.Limits with { PingInterval = TimeSpan.Zero } }), clock);
        using var client = await gateway.ConnectAsync();
        await PushAsync(gateway, "x", (Key, "k"));
        clock.Advance(TimeSpan.FromSeconds(120));
        await PushAsync(gateway, "x", (Key, "k"));
        await PushAsync(gateway, "between");
        clock.Advance(TimeSpan.FromSeconds(40));
        await PushAsync(gateway, "x", (Key, "k"));
        Assert.Equal(["x", "between", "x"], await ReadAsync(client, 3));
    }

    private static Task<HttpStatusCode> PushAsync(TestGateway gateway, string text, params (string Name, string Value)[] headers) =>
        PushAsync(gateway, gateway.TheConnection().Id.ToString(), text, headers);

    private static async Task<HttpStatusCode> PushAsync(TestGateway gateway, string id, string text, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/prod/@connections/{Uri.EscapeDataString(id)}", UriKind.Relative))
        {
            Content = new StringContent(text),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<List<string>> ReadAsync(RawWebSocket client, int count)
    {
        var texts = new List<string>();
        while (texts.Count < count)
        {
            texts.Add(await client.ReadTextAsync());
        }

        return texts;
    }
}
