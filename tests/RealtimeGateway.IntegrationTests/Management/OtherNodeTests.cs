using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Tests.Cluster;

namespace RealtimeGateway.IntegrationTests.Management;

/// <summary><c>@connections</c> for connections of another node: two gateways on one wire that the test cuts as it likes.</summary>
public sealed class OtherNodeTests : IAsyncDisposable
{
    private readonly FakeWire _wire = new();

    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    [Fact]
    public async Task Serves_ConnectionsOfAnotherNode_AsItsOwn()
    {
        await using var owner = await StartAsync();
        await using var caller = await StartAsync(alive: owner);
        using var client = await owner.ConnectAsync("/prod", "User-Agent: other");
        var id = owner.TheConnection().Id.ToString();

        using var pushed = await AskAsync(caller, HttpMethod.Post, id, "hello");
        Assert.Equal(HttpStatusCode.OK, pushed.StatusCode);
        Assert.Equal("hello", await client.ReadTextAsync());
        using var shown = await AskAsync(caller, HttpMethod.Get, id);
        using var shownByOwner = await AskAsync(owner, HttpMethod.Get, id);
        Assert.Equal(
            await shownByOwner.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var closed = await AskAsync(caller, HttpMethod.Delete, id);
        Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);
        using var gone = await AskAsync(caller, HttpMethod.Post, id, "late");
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.False(gone.Headers.Contains("x-gateway-delivery"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Answers_503None_WhenNothingWasSent(string method)
    {
        await using var owner = await StartAsync();
        await using var caller = await StartAsync(alive: owner);
        using var client = await owner.ConnectAsync();
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.NotSent);
        using var answer = await AskAsync(caller, new HttpMethod(method), owner.TheConnection().Id.ToString(), "x");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("none", answer.Headers.GetValues("x-gateway-delivery").Single());
        Assert.Equal("ServiceUnavailableException", answer.Headers.GetValues("x-amzn-ErrorType").Single());
    }

    [Fact]
    public async Task Answers_504Unknown_WithinThreeSeconds_WhenNoAnswerCame()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
        await using var owner = await StartAsync();
        await using var caller = await StartAsync(alive: owner, clock);
        using var client = await owner.ConnectAsync();
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.Unknown);
        var asked = AskAsync(caller, HttpMethod.Post, owner.TheConnection().Id.ToString(), "x");
        await Patience.Until(() => _wire.Sent.Count > 0, "the request is sent");
        for (var i = 0; i < 30 && !asked.IsCompleted; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        using var answer = await asked;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("unknown", answer.Headers.GetValues("x-gateway-delivery").Single());
    }

    [Fact]
    public async Task Posts_OneMessage_ToConnectionsOfBothNodes()
    {
        await using var owner = await StartAsync();
        await using var caller = await StartAsync(alive: owner);
        using var there = await owner.ConnectAsync();
        using var here = await caller.ConnectAsync();
        var (thereId, hereId) = (owner.TheConnection().Id, caller.TheConnection().Id);
        var gone = ConnectionId.Create(owner.Incarnation, new byte[9]);
        var dead = ConnectionId.Create(1, new byte[9]);

        using var answer = await PostToAsync(caller, thereId, gone, hereId, dead);
        Assert.Equal(
            $$"""{"queued":2,"gone":["{{gone}}"],"unreachable":["{{dead}}"]}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("to all", await there.ReadTextAsync());
        Assert.Equal("to all", await here.ReadTextAsync());

        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.NotSent);
        using var cut = await PostToAsync(caller, thereId, hereId);
        Assert.Equal(
            $$"""{"queued":1,"unreachable":["{{thereId}}"]}""", await cut.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("to all", await here.ReadTextAsync());
    }

    [Fact]
    public async Task Posts_OneMessage_AndNamesAsUnknownWhatIsNotAnswered()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
        await using var owner = await StartAsync();
        await using var caller = await StartAsync(alive: owner, clock);
        using var client = await owner.ConnectAsync();
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.Unknown);
        var id = owner.TheConnection().Id;
        var asked = PostToAsync(caller, id);
        await Patience.Until(() => _wire.Sent.Count > 0, "the request is sent");
        for (var i = 0; i < 30 && !asked.IsCompleted; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        using var answer = await asked;
        Assert.Equal($$"""{"queued":0,"unknown":["{{id}}"]}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Task<HttpResponseMessage> PostToAsync(TestGateway gateway, params ConnectionId[] ids) => gateway.Http.PostAsync(
        new Uri("/prod/@connections", UriKind.Relative),
        new StringContent($$"""{"connectionIds":["{{string.Join("\",\"", ids)}}"],"data":"to all"}"""),
        TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> AskAsync(TestGateway gateway, HttpMethod method, string id, string? text = null) => gateway.Http.SendAsync(
        new HttpRequestMessage(method, new Uri($"/prod/@connections/{Uri.EscapeDataString(id)}", UriKind.Relative))
        {
            Content = text is null ? null : new StringContent(text),
        },
        TestContext.Current.CancellationToken);

    private Task<TestGateway> StartAsync(TestGateway? alive = null, FakeTimeProvider? clock = null)
    {
        var ids = new IdSource();
        var membership = new FakeMembership(ids.Incarnation);
        if (alive is not null)
        {
            membership.Standings[alive.Incarnation] = NodeStanding.Alive;
        }

        return TestGateway.StartAsync(static _ => Configurations.Silent(), clock, services: services => services
            .AddSingleton(ids)
            .AddSingleton<IMembership>(membership)
            .AddSingleton<IBackplane>(_wire)
            .AddNodeBus());
    }
}
