using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

public sealed class ThrottleTests
{
    private static readonly RouteSettings Two = new() { ThrottlingRateLimit = 1, ThrottlingBurstLimit = 2 };

    [Fact]
    public async Task Connect_OverTheRate_IsRefusedUntilTimePasses()
    {
        var clock = new FakeTimeProvider(new(2026, 9, 25, 12, 0, 0, TimeSpan.Zero));
        await using var gateway = await StartAsync(stage => stage with { RouteSettings = Settings(Route.Connect, Two) }, clock: clock);
        Assert.Equal("101 101", $"{await ConnectAsync(gateway)} {await ConnectAsync(gateway)}");

        using var refused = await gateway.ConnectAsync();
        AccessConfigurations.AssertRefused(refused, 429, "Too Many Requests");

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("101 429", $"{await ConnectAsync(gateway)} {await ConnectAsync(gateway)}");
    }

    [Fact]
    public async Task Send_OverTheRate_GetsAnErrorFrameAndStaysOpen()
    {
        await using var gateway = await StartAsync(stage => stage with
        {
            DefaultRouteSettings = new() { ThrottlingRateLimit = 0.001, ThrottlingBurstLimit = 2 },
            RouteSettings = Settings("pair", new() { ThrottlingRateLimit = 1_000_000 }),
        });
        using var client = await gateway.ConnectAsync();

        // Each route has a bucket of its own, and one that has its own limits does not share the defaults.
        Assert.Equal(["hello", "hello", "Too Many Requests", "Too Many Requests"], await AskAsync(client, "two", 4));
        Assert.Equal(["hello", "hello", "Too Many Requests"], await AskAsync(client, "serial", 3));
        Assert.Equal(["hello", "hello"], await AskAsync(client, "pair", 2));
        Assert.Equal(6, gateway.Backend.Of("MESSAGE").Count());
    }

    [Fact]
    public async Task Apply_SameLimits_GivesNoSecondBurst()
    {
        var limits = new RouteSettings { ThrottlingRateLimit = 0.001, ThrottlingBurstLimit = 2 };
        await using var gateway = await StartAsync(stage => stage with { DefaultRouteSettings = limits });
        using var client = await gateway.ConnectAsync();
        Assert.Equal(["hello", "hello", "Too Many Requests"], await AskAsync(client, "two", 3));

        Assert.Empty(gateway.Gateway.Apply(Configuration(stage => stage with { DefaultRouteSettings = limits, AllowBinary = true })));
        Assert.Equal(["Too Many Requests"], await AskAsync(client, "two", 1));

        Assert.Empty(gateway.Gateway.Apply(Configuration(stage => stage with { DefaultRouteSettings = limits with { ThrottlingBurstLimit = 3 } })));
        Assert.Equal(["hello"], await AskAsync(client, "two", 1));

        Assert.Empty(gateway.Gateway.Apply(Configuration(stage => stage)));
        Assert.Equal(["hello", "hello", "hello", "hello"], await AskAsync(client, "two", 4));
    }

    [Fact]
    public async Task Account_EverythingTogether_IsBounded()
    {
        await using var gateway = await StartAsync(stage => stage, new() { ThrottlingRateLimit = 0.001, ThrottlingBurstLimit = 6 });
        using var client = await gateway.ConnectAsync();
        Assert.Equal(["hello"], await AskAsync(client, "two", 1));
        var connection = $"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}";

        var nobody = Uri.EscapeDataString(ConnectionId.Create(0, new byte[9]).ToString());

        using var pushed = await gateway.Http.PostAsync(connection, new StringContent("x"), TestContext.Current.CancellationToken);
        Assert.Equal("x", await client.ReadTextAsync());
        using var shown = await gateway.Http.GetAsync(connection, TestContext.Current.CancellationToken);
        using var gone = await gateway.Http.DeleteAsync($"/prod/@connections/{nobody}", TestContext.Current.CancellationToken);
        using var malformed = await gateway.Http.GetAsync("/prod/@connections/x", TestContext.Current.CancellationToken);
        Assert.Equal(["hello", "Too Many Requests"], await AskAsync(client, "two", 2));
        using var refused = await gateway.Http.GetAsync(connection, TestContext.Current.CancellationToken);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Gone, HttpStatusCode.BadRequest],
            [pushed.StatusCode, shown.StatusCode, gone.StatusCode, malformed.StatusCode]);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("LimitExceededException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal("""{"message":"Too Many Requests"}""", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(429, await ConnectAsync(gateway));
    }

    private static GatewayConfiguration Configuration(Func<Stage, Stage> stage, RouteSettings? account = null) =>
        Configurations.Lambda(stage) with { AccountSettings = account ?? new() };

    private static async Task<TestGateway> StartAsync(Func<Stage, Stage> stage, RouteSettings? account = null, FakeTimeProvider? clock = null)
    {
        var gateway = await TestGateway.StartAsync(_ => Configuration(stage, account), clock);
        gateway.Backend.Answer = _ => Task.FromResult(AccessConfigurations.Fine);
        return gateway;
    }

    private static async Task<int> ConnectAsync(TestGateway gateway)
    {
        using var client = await gateway.ConnectAsync();
        return client.Status;
    }

    /// <summary>What so many messages get, one after the other: the answer, or the error's message.</summary>
    private static async Task<List<string>> AskAsync(RawWebSocket client, string action, int count)
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            await client.SendTextAsync($$"""{"action":"{{action}}"}""");
            var text = await client.ReadTextAsync();
            answers.Add(text.StartsWith('{') ? (string)System.Text.Json.Nodes.JsonNode.Parse(text)!["message"]! : text);
        }

        return answers;
    }

    private static ImmutableSortedDictionary<string, RouteSettings> Settings(string key, RouteSettings settings) =>
        ImmutableSortedDictionary<string, RouteSettings>.Empty.Add(key, settings);
}
