using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

public sealed class ApiKeyTests
{
    private const string Value = "gold-key-0123456789012345";

    private static readonly UsagePlan Plan = new() { Id = "gold", Stages = ["chat/prod"], Keys = ["gold", "spare"] };

    [Theory]
    [InlineData("x-api-key: " + Value, 101)]
    [InlineData("X-API-Key: " + Value, 101)]
    [InlineData("x-api-key: " + Value + "x", 403)]
    [InlineData("x-api-key: off-key-01234567890123456", 403)]
    [InlineData("x-api-key: loose-key-0123456789012345", 403)]
    [InlineData("x-api-key:", 403)]
    [InlineData("x-api-key: " + Value + "\r\nx-api-key: " + Value, 403)]
    [InlineData("Authorization: " + Value, 403)]
    public async Task Connect_KeyInTheHeader_MustBeOfAPlanOfTheStage(string header, int status)
    {
        await using var gateway = await StartAsync(Plan);

        using var client = await gateway.ConnectAsync("/prod", header);

        Assert.Equal(status, client.Status);
        if (status == 403)
        {
            AccessConfigurations.AssertRefused(client, 403, "Forbidden");
            Assert.Empty(gateway.Backend.Calls);
        }
    }

    [Fact]
    public async Task Connect_KeyOfAnotherStage_IsForbidden()
    {
        await using var gateway = await StartAsync(Plan);

        using var client = await gateway.ConnectAsync("/dev", "x-api-key: " + Value);

        AccessConfigurations.AssertRefused(client, 403, "Forbidden");
    }

    [Fact]
    public async Task Connect_OverTheQuota_IsRefusedAlsoAfterAReload()
    {
        var plan = Plan with { QuotaLimit = 2 };
        await using var gateway = await StartAsync(plan);
        Assert.Equal(101, await ConnectAsync(gateway));
        Assert.Equal(101, await ConnectAsync(gateway));
        Assert.Equal(429, await ConnectAsync(gateway));

        Assert.Empty(gateway.Gateway.Apply(Configuration(plan)));
        using var over = await gateway.ConnectAsync("/prod", "x-api-key: " + Value);
        AccessConfigurations.AssertRefused(over, 429, "Limit Exceeded");

        Assert.Empty(gateway.Gateway.Apply(Configuration(plan with { QuotaLimit = 3 })));
        Assert.Equal(101, await ConnectAsync(gateway));
        Assert.Equal(429, await ConnectAsync(gateway));
        Assert.Equal(101, await ConnectAsync(gateway, "spare-key-0123456789012345"));
    }

    [Fact]
    public async Task Connect_TooFastForThePlan_IsThrottled()
    {
        await using var gateway = await StartAsync(Plan with { RateLimit = 0.001, BurstLimit = 1 });
        Assert.Equal(101, await ConnectAsync(gateway));

        using var client = await gateway.ConnectAsync("/prod", "x-api-key: " + Value);

        AccessConfigurations.AssertRefused(client, 429, "Too Many Requests");
    }

    /// <summary>Only <c>$connect</c> asks for a key, so only it counts.</summary>
    [Fact]
    public async Task Send_Messages_UseUpNoQuota()
    {
        await using var gateway = await StartAsync(Plan with { QuotaLimit = 2, RateLimit = 0.001, BurstLimit = 2 });
        using var client = await gateway.ConnectAsync("/prod", "x-api-key: " + Value);
        for (var i = 0; i < 5; i++)
        {
            await client.SendTextAsync("""{"action":"two"}""");
            Assert.Equal("hello", await client.ReadTextAsync());
        }

        Assert.Equal(101, await ConnectAsync(gateway));
    }

    [Theory]
    [InlineData($$""", "usageIdentifierKey": "{{Value}}" """, 101)]
    [InlineData(""", "usageIdentifierKey": "nobody's" """, 403)]
    [InlineData("", 403)]
    public async Task Connect_KeyFromTheAuthorizer_IsTheOneThatCounts(string member, int status)
    {
        await using var gateway = await StartAsync(Plan, api => api with
        {
            ApiKeySelectionExpression = "$context.authorizer.usageIdentifierKey",
            Authorizers = [new() { Id = "auth", Type = AuthorizerType.Request, Uri = AccessConfigurations.AuthorizerArn }],
            Routes = [.. api.Routes.Select(route => route.RouteKey != Route.Connect ? route
                : route with { AuthorizationType = AuthorizationType.Custom, AuthorizerId = "auth" })],
        });
        gateway.Backend.Answer = call => Task.FromResult(
            call.IsAuthorizer() ? LambdaAuthorizerTests.Policy(LambdaAuthorizerTests.Statement("Allow", "*"), member) : AccessConfigurations.Fine);

        using var client = await gateway.ConnectAsync("/prod", "x-api-key: " + Value);

        Assert.Equal(status, client.Status);
        Assert.DoesNotContain(gateway.Backend.Calls, call => !call.IsAuthorizer() && call.Text.Contains("usageIdentifierKey", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/prod?room=blue", "Team: red", 101)]
    [InlineData("/prod?room=", "Team: red", 400)]
    [InlineData("/prod?Room=blue", "Team: red", 400)]
    [InlineData("/prod?room=blue", "Team:", 400)]
    [InlineData("/prod?room=blue", "Other: red", 400)]
    [InlineData("/prod?room=blue", "tEAM: red", 101)]
    public async Task Connect_RequiredParameters_MustBeThere(string path, string header, int status)
    {
        await using var gateway = await TestGateway.StartAsync(_ => AccessConfigurations.Of(connect => connect with
        {
            RequestParameters = ImmutableSortedDictionary<string, bool>.Empty
                .Add("route.request.querystring.room", true).Add("route.request.header.Team", true).Add("route.request.header.Optional", false),
        }));
        gateway.Backend.Answer = _ => Task.FromResult(AccessConfigurations.Fine);

        using var client = await gateway.ConnectAsync(path, header);

        Assert.Equal(status, client.Status);
        if (status == 400)
        {
            AccessConfigurations.AssertRefused(client, 400, "Missing required request parameters");
            Assert.Empty(gateway.Backend.Calls);
        }
    }

    private static GatewayConfiguration Configuration(UsagePlan plan, Func<Api, Api>? change = null) => AccessConfigurations.Of(
        connect => connect with { ApiKeyRequired = true },
        api => (change?.Invoke(api) ?? api) with { Stages = [.. api.Stages, new() { Name = "dev" }] }) with
    {
        ApiKeys =
        [
            new() { Id = "gold", Value = Value }, new() { Id = "spare", Value = "spare-key-0123456789012345" },
            new() { Id = "off", Value = "off-key-01234567890123456", Enabled = false }, new() { Id = "loose", Value = "loose-key-0123456789012345" },
        ],
        UsagePlans = [plan with { Keys = [.. plan.Keys, "off"] }],
    };

    private static async Task<TestGateway> StartAsync(UsagePlan plan, Func<Api, Api>? change = null)
    {
        var gateway = await TestGateway.StartAsync(_ => Configuration(plan, change));
        gateway.Backend.Answer = _ => Task.FromResult(AccessConfigurations.Fine);
        return gateway;
    }

    private static async Task<int> ConnectAsync(TestGateway gateway, string key = Value)
    {
        using var client = await gateway.ConnectAsync("/prod", "x-api-key: " + key);
        return client.Status;
    }
}
