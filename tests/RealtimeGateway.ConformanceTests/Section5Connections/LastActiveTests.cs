using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section5Connections;

/// <summary>
/// What GET @connections tells about time
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).
/// </summary>
[Trait("Section", "5.3")]
public sealed class LastActiveTests
{
    /// <summary><c>lastActiveAt</c> moves with messages either way, and not with the question.</summary>
    [Fact]
    public async Task Moves_WithMessagesAndPushesOnly()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend), clock);
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("ok"));
        using var client = await gateway.ConnectAsync();
        var path = $"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}";
        Assert.Equal("2026-09-25T00:00:00.000Z", await LastActiveAsync(gateway, path));

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("2026-09-25T00:00:00.000Z", await LastActiveAsync(gateway, path));
        await client.SendTextAsync("""{"action":"two"}""");
        Assert.Equal("ok", await client.ReadTextAsync());
        Assert.Equal("2026-09-25T00:00:01.000Z", await LastActiveAsync(gateway, path));

        clock.Advance(TimeSpan.FromSeconds(1));
        using var pushed = await gateway.Http.PostAsync(path, new StringContent("x"), TestContext.Current.CancellationToken);
        Assert.Equal("x", await client.ReadTextAsync());
        Assert.Equal("2026-09-25T00:00:02.000Z", await LastActiveAsync(gateway, path));
    }

    private static async Task<string> LastActiveAsync(TestGateway gateway, string path) =>
        JsonNode.Parse(await gateway.Http.GetStringAsync(path, TestContext.Current.CancellationToken))!["lastActiveAt"]!.ToString();
}
