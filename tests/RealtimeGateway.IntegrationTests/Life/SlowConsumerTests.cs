using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Life;

/// <summary>A client that does not read costs a bounded queue and, in the end, its own connection; nobody else's.</summary>
public sealed class SlowConsumerTests
{
    private static readonly StageLimits Limits = new() { PingInterval = TimeSpan.Zero, MaxQueuedBytes = 512 * 1024 };

    [Fact]
    public async Task Refuses_PushesBeyondTheQueue_ThenClosesTheClient_AndHarmsNobodyElse()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend, static stage => stage with { Limits = Limits }), clock);
        using var slow = await ConnectSlowAsync(gateway);
        var slowId = gateway.TheConnection().Id.ToString();
        using var good = await gateway.ConnectAsync();
        var goodId = gateway.Backend.Calls.Last().ConnectionId;

        var refused = await PushUntilFullAsync(gateway, slowId);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("LimitExceededException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.InRange(gateway.Budget.UsedBytes, 1, Limits.MaxQueuedBytes);

        // The neighbour gets its messages meanwhile.
        Assert.Equal(HttpStatusCode.OK, (await PushAsync(gateway, goodId, "for the good one")).StatusCode);
        Assert.Equal("for the good one", await good.ReadTextAsync());

        gateway.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(2, gateway.Connections.Count);
        gateway.Advance(TimeSpan.FromSeconds(1));
        var end = await gateway.Backend.NextAsync("DISCONNECT");
        Assert.Equal(slowId, end.ConnectionId);
        Assert.Equal("1008", end.Headers["x-rg-disconnect-status-code"]);
        await gateway.CountAsync(1);
        Assert.Equal(0, gateway.Budget.UsedBytes);
        Assert.Equal(HttpStatusCode.Gone, (await PushAsync(gateway, slowId, "x")).StatusCode);
        await good.CloseAsync();
        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>What was answered 200 arrives, once and in order, when the client reads again; what was refused does not.</summary>
    [Fact]
    public async Task Delivers_EverythingAccepted_WhenTheClientReadsAgain()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent(static stage => stage with { Limits = Limits }));
        using var client = await ConnectSlowAsync(gateway);
        var id = gateway.TheConnection().Id.ToString();
        var padding = new string('p', 60_000);
        var accepted = 0;
        HttpResponseMessage answer;
        while ((answer = await PushAsync(gateway, id, $"{accepted}|{padding}")).StatusCode == HttpStatusCode.OK)
        {
            accepted++;
            Assert.True(accepted < 2000, "The queue has no end.");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        for (var i = 0; i < accepted; i++)
        {
            Assert.Equal(i, int.Parse((await ReadMessageAsync(client)).Split('|')[0], CultureInfo.InvariantCulture));
        }

        await Patience.Until(() => gateway.Budget.UsedBytes == 0, "the queue is empty");
        Assert.Equal(HttpStatusCode.OK, (await PushAsync(gateway, id, "again")).StatusCode);
        Assert.Equal("again", await ReadMessageAsync(client));
    }

    /// <summary>A client that takes a little all the time, but stays over half full, is closed after 30 s.</summary>
    [Fact]
    public async Task Closes_ClientWhoseQueueStaysOverHalfFull()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(
            static backend => Configurations.Http(backend, static stage => stage with { Limits = Limits with { WriteTimeout = TimeSpan.Zero } }), clock);
        using var slow = await ConnectSlowAsync(gateway);
        var id = gateway.TheConnection().Id.ToString();
        _ = await PushUntilFullAsync(gateway, id);
        gateway.Advance(TimeSpan.FromSeconds(29));
        Assert.True(gateway.TheConnection().IsOpen);
        gateway.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("1008", (await gateway.Backend.NextAsync("DISCONNECT")).Headers["x-rg-disconnect-status-code"]);
    }

    /// <summary>A DELETE cannot be held up by a client that reads nothing: its transport is cut after 5 s.</summary>
    [Fact]
    public async Task Cuts_ClientThatReadsNotEvenItsCloseFrame()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend, static stage => stage with { Limits = Limits }), clock);
        using var slow = await ConnectSlowAsync(gateway);
        var id = gateway.TheConnection().Id.ToString();
        _ = await PushUntilFullAsync(gateway, id);
        using var deleted = await gateway.Http.DeleteAsync(PathOf(id), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await PushAsync(gateway, id, "x")).StatusCode);
        gateway.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("1000", (await gateway.Backend.NextAsync("DISCONNECT")).Headers["x-rg-disconnect-status-code"]);
        await gateway.CountAsync(0);
        Assert.Equal(0, gateway.Budget.UsedBytes);
    }

    /// <summary>A client that asks faster than it reads its answers is closed, not answered in part.</summary>
    [Fact]
    public async Task Closes_ClientThatLetsItsAnswersPileUp()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend, static stage => stage with { Limits = Limits }));
        var big = BackendAnswer.Of(new string('a', 100_000));
        gateway.Backend.Answer = call => Task.FromResult(call.EventType == "MESSAGE" ? big : BackendAnswer.Ok);
        using var client = await ConnectSlowAsync(gateway);
        var connection = gateway.TheConnection();
        for (var i = 0; i < 2000 && connection.IsOpen; i++)
        {
            await client.SendTextAsync("x");
            await Task.Yield();
        }

        await Patience.Until(() => !connection.IsOpen, "the connection closes");
        Assert.Equal(1008, connection.Reason.Code);
    }

    private static async Task<RawWebSocket> ConnectSlowAsync(TestGateway gateway)
    {
        var client = await RawWebSocket.OpenAsync(gateway.Port, receiveBuffer: 8 * 1024);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        await client.ReadHeadAsync();
        Assert.Equal(101, client.Status);
        return client;
    }

    private static async Task<HttpResponseMessage> PushUntilFullAsync(TestGateway gateway, string id)
    {
        var text = new string('p', 100_000);
        for (var i = 0; i < 2000; i++)
        {
            var answer = await PushAsync(gateway, id, text);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                continue;
            }

            // The system's own buffers may still be taking; full is what stays full.
            var used = gateway.Budget.UsedBytes;
            await Task.Delay(100, TestContext.Current.CancellationToken);
            if (used > Limits.MaxQueuedBytes / 2 && gateway.Budget.UsedBytes == used)
            {
                return answer;
            }
        }

        throw new InvalidOperationException("200 MB went to a client that does not read.");
    }

    private static Uri PathOf(string id) => new($"/prod/@connections/{Uri.EscapeDataString(id)}", UriKind.Relative);

    private static Task<HttpResponseMessage> PushAsync(TestGateway gateway, string id, string text) =>
        gateway.Http.PostAsync(PathOf(id), new StringContent(text), TestContext.Current.CancellationToken);

    private static async Task<string> ReadMessageAsync(RawWebSocket client)
    {
        var text = new StringBuilder();
        RawFrame? frame;
        do
        {
            frame = await client.ReadFrameAsync();
            Assert.NotNull(frame);
            Assert.True(frame.Opcode == (text.Length == 0 ? Op.Text : Op.Continuation), $"Opcode {frame.Opcode}.");
            text.Append(frame.Text);
        }
        while (!frame.IsFinal);

        return text.ToString();
    }
}
