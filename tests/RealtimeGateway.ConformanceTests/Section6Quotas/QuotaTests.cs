using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section6Quotas;

/// <summary>
/// What Amazon's quotas allow works, and those that a self-hosted gateway has no reason for do not bind
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
/// </summary>
[Trait("Section", "6")]
public sealed class QuotaTests
{
    /// <summary>The longest URL to connect with.</summary>
    [Fact]
    public async Task Connects_ByAUrlOf4096Characters()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            Scene.Mock("x", """{"statusCode": #if($input.params('pad').length() > 4000)200#{else}400#end}"""),
            static api => api with { Routes = [new Route { RouteKey = Route.Connect, Target = "backend" }] }));
        using var client = await gateway.ConnectAsync(("/prod?pad=" + new string('x', 4096))[..4096]);
        Assert.Equal(101, client.Status);
    }

    /// <summary>More routes, integrations and stages than an account on AWS has without asking.</summary>
    [Fact]
    public async Task Serves_MoreRoutesIntegrationsAndStages()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(Scene.Mock("backend"), static api => api with
        {
            Integrations = [.. Enumerable.Range(0, 400).Select(static i => Scene.Mock($"answer {i}") with { Id = $"i{i}" })],
            Routes = [.. Enumerable.Range(0, 400).Select(static i => new Route { RouteKey = $"r{i}", Target = $"i{i}", HasRouteResponse = true })],
            Stages = [.. Enumerable.Range(0, 20).Select(static i => new Stage { Name = $"s{i}" })],
        }));
        using var client = await gateway.ConnectAsync("/s19");
        Assert.Equal("answer 399", await client.AskAsync("""{"action":"r399"}"""));
    }

    /// <summary>Names of stages as on AWS.</summary>
    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("$default")]
    public async Task Refuses_StageNames(string name)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => TestGateway.StartAsync(Scene.Of(Scene.Mock("x"), stage: stage => stage with { Name = name })));
    }

    /// <summary>The longest schema of a model.</summary>
    [Fact]
    public async Task Bounds_Schemas()
    {
        static Func<Uri, GatewayConfiguration> With(int length) => Scene.Of(Scene.Mock("taken"), api => api with
        {
            Models = [new Model { Name = "Any", Schema = "{}".PadRight(length) }],
            Routes = [new Route { RouteKey = Route.Default, Target = "backend", HasRouteResponse = true, RequestModels = Scene.Map((Route.Default, "Any")) }],
        });

        await Assert.ThrowsAnyAsync<Exception>(static () => TestGateway.StartAsync(With(32_769)));
        await using var gateway = await TestGateway.StartAsync(With(32_768));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("taken", await client.AskAsync("{}"));
    }
}
