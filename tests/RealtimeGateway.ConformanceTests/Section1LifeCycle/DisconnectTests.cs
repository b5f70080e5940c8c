using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section1LifeCycle;

/// <summary>
/// What follows the end of a connection
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html).
/// </summary>
[Trait("Section", "1.5")]
public sealed class DisconnectTests
{
    /// <summary>Without a <c>$disconnect</c> route the connection ends in silence.</summary>
    [Fact]
    public async Task Calls_Nobody_WithoutARoute()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), static api => api with
        {
            Routes = [new Route { RouteKey = Route.Connect, Target = "backend" }],
        }));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync();
        await client.CloseAsync();
        await Patience.Until(() => gateway.Lifecycle.Pending == 0, "nothing is pending");

        Assert.Single(gateway.Backend.Calls);
    }

    /// <summary>The result of <c>$disconnect</c> is ignored; a mock takes it as well as a function.</summary>
    [Theory]
    [InlineData("""{"statusCode":403,"body":"too late"}""")]
    [InlineData("not even JSON")]
    public async Task Ignores_TheAnswer(string answer)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Lambda(), static api => api with
        {
            Routes = [new Route { RouteKey = Route.Disconnect, Target = "backend", HasRouteResponse = true }],
        }));
        gateway.Backend.Answer = _ => Task.FromResult(BackendAnswer.Of(answer));
        using var client = await gateway.ConnectAsync();
        var echoed = await client.CloseAsync(4001, "bye");
        _ = await gateway.Backend.NextAsync("DISCONNECT");

        Assert.Equal(4001, echoed.CloseCode);
        Assert.Equal("bye", echoed.CloseText);
    }
}
