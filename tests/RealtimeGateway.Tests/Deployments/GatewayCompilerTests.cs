using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.Deployments;

public sealed class GatewayCompilerTests
{
    private static readonly Integration Http = new() { Id = "web", Type = IntegrationType.HttpProxy, Uri = "http://127.0.0.1:5000/" };

    private static readonly Api Good = new()
    {
        Id = ApiId.Parse("chat"),
        Routes = [new Route { RouteKey = Route.Default, Target = "web" }],
        Integrations = [Http],
        Stages = [new Stage { Name = "prod" }],
    };

    [Fact]
    public void Compile_OfAGoodConfiguration_GivesItsStages()
    {
        var (errors, stages) = Compiled.Of(new GatewayConfiguration
        {
            Apis = [Good with { Stages = [.. Good.Stages, new Stage { Name = "beta", AllowBinary = true }] }, Compiled.Api("game", "prod")],
            DefaultApi = Good.Id,
        });
        Assert.Empty(errors);
        Assert.Equal(["chat/prod", "chat/beta", "game/prod"], stages!.Select(stage => $"{stage.Identity.ApiId}/{stage.Identity.Name}"));
        Assert.Equal([false, true, false], stages!.Select(stage => stage.AllowBinary));
    }

    [Fact]
    public void Compile_OfNothing_ServesNothing()
    {
        var (errors, stages) = Compiled.Of(GatewayConfiguration.Empty);
        Assert.Empty(errors);
        Assert.Empty(stages!);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "two APIs", "apis.chat" },
        { "no stage", "apis.chat.stages" },
        { "two stages", "apis.chat.stages.prod" },
        { "stage name", "apis.chat.stages.no good" },
        { "stage name with a line end", "apis.chat.stages.prod\n" },
        { "default API", "defaultApi" },
        { "selection expression", "apis.chat.routeSelectionExpression" },
        { "empty route key", "apis.chat.routes." },
        { "long route key", $"apis.chat.routes.{new string('k', 129)}" },
        { "own dollar key", "apis.chat.routes.$mine" },
        { "two routes", "apis.chat.routes.$default" },
        { "unknown target", "apis.chat.routes.$default.target" },
        { "two integrations", "apis.chat.integrations.web" },
        { "no uri", "apis.chat.integrations.web.uri" },
        { "relative uri", "apis.chat.integrations.web.uri" },
        { "ftp uri", "apis.chat.integrations.web.uri" },
        { "user in uri", "apis.chat.integrations.web.uri" },
        { "unknown stage variable", "apis.chat.integrations.web.uri" },
        { "no function", "apis.chat.integrations.web.uri" },
        { "bad method", "apis.chat.integrations.web.method" },
        { "short timeout", "apis.chat.integrations.web.timeout" },
        { "long timeout", "apis.chat.integrations.web.timeout" },
        { "no response", "apis.chat.integrations.web.maxResponse" },
        { "bad origin", "apis.chat.allowedOrigins.1" },
        { "origin with a path", "apis.chat.allowedOrigins.1" },
        { "negative limit", "apis.chat.stages.prod.limits.idleTimeout" },
        { "no message", "apis.chat.stages.prod.limits.maxMessage" },
        { "huge message", "apis.chat.stages.prod.limits.maxMessage" },
        { "small queue", "apis.chat.stages.prod.limits.maxQueued" },
    };

    /// <summary>Each mistake is told once, where it was made, in words; and nothing is served.</summary>
    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Compile_OfAMistake_SaysWhereItIs(string what, string path)
    {
        var (errors, stages) = Compiled.Of(Wrong(what));
        Assert.Null(stages);
        var error = Assert.Single(errors);
        Assert.Equal(path, error.Path.ToString());
        Assert.True(error.Message.Length > 15, error.Message);
    }

    [Fact]
    public void Compile_OfManyMistakes_TellsThemAll()
    {
        var (errors, stages) = Compiled.Of(new GatewayConfiguration
        {
            Apis =
            [
                Good with
                {
                    RouteSelectionExpression = "$nonsense.x",
                    Routes = [new Route { RouteKey = "$own", Target = "nowhere" }],
                    Integrations = [Http with { Method = "po st", Timeout = TimeSpan.Zero }],
                    AllowedOrigins = ["x"],
                    Stages = [new Stage { Name = "a b", Limits = new StageLimits { MaxFragments = -1 } }, new Stage { Name = "prod" }],
                },
            ],
            DefaultApi = ApiId.Parse("other"),
        });
        Assert.Null(stages);
        Assert.Equal(
            [
                "apis.chat.allowedOrigins.0", "apis.chat.integrations.web.method", "apis.chat.integrations.web.timeout", "apis.chat.routeSelectionExpression",
                "apis.chat.routes.$own", "apis.chat.routes.$own.target", "apis.chat.stages.a b", "apis.chat.stages.a b.limits.maxFragments", "defaultApi",
            ],
            errors.Select(error => error.Path.ToString()).Order(StringComparer.Ordinal));
    }

    private static GatewayConfiguration Wrong(string what)
    {
        var prod = Good.Stages[0];
        return what switch
        {
            "two APIs" => Of(Good, Good),
            "default API" => new GatewayConfiguration { Apis = [Good], DefaultApi = ApiId.Parse("other") },
            "no stage" => Of(Good with { Stages = [] }),
            "two stages" => Of(Good with { Stages = [prod, prod] }),
            "stage name" => Of(Good with { Stages = [prod with { Name = "no good" }] }),
            "stage name with a line end" => Of(Good with { Stages = [prod with { Name = "prod\n" }] }),
            "selection expression" => Of(Good with { RouteSelectionExpression = "${request.body.a" }),
            "empty route key" => Routes(new Route { RouteKey = "" }),
            "long route key" => Routes(new Route { RouteKey = new string('k', 129) }),
            "own dollar key" => Routes(new Route { RouteKey = "$mine" }),
            "two routes" => Routes(new Route { RouteKey = Route.Default }, new Route { RouteKey = Route.Default }),
            "unknown target" => Routes(new Route { RouteKey = Route.Default, Target = "nowhere" }),
            "two integrations" => Of(Good with { Integrations = [Http, Http] }),
            "no uri" => Integrations(Http with { Uri = null }),
            "relative uri" => Integrations(Http with { Uri = "/messages" }),
            "ftp uri" => Integrations(Http with { Uri = "ftp://127.0.0.1/" }),
            "user in uri" => Integrations(Http with { Uri = "http://me:secret@127.0.0.1/" }),
            "unknown stage variable" => Integrations(Http with { Uri = "http://${stageVariables.host}/" }),
            "no function" => Integrations(Http with { Type = IntegrationType.AwsProxy, Uri = "arn:aws:sqs:us-east-1:123456789012:queue" }),
            "bad method" => Integrations(Http with { Method = "po st" }),
            "short timeout" => Integrations(Http with { Timeout = TimeSpan.FromMilliseconds(49) }),
            "long timeout" => Integrations(Http with { Timeout = TimeSpan.FromMinutes(16) }),
            "no response" => Integrations(Http with { MaxResponseBytes = 0 }),
            "bad origin" => Of(Good with { AllowedOrigins = ["https://a.example", "chat.example"] }),
            "origin with a path" => Of(Good with { AllowedOrigins = ["https://a.example", "https://b.example/"] }),
            "negative limit" => Limits(new StageLimits { IdleTimeout = TimeSpan.FromSeconds(-1) }),
            "no message" => Limits(new StageLimits { MaxMessageBytes = 0 }),
            "huge message" => Limits(new StageLimits { MaxMessageBytes = int.MaxValue, MaxQueuedBytes = 0 }),
            "small queue" => Limits(new StageLimits { MaxQueuedBytes = 1024 }),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such mistake."),
        };
    }

    private static GatewayConfiguration Of(params Api[] apis) => new() { Apis = [.. apis] };

    private static GatewayConfiguration Routes(params Route[] routes) => Of(Good with { Routes = [.. routes] });

    private static GatewayConfiguration Integrations(Integration integration) => Of(Good with { Integrations = [integration] });

    private static GatewayConfiguration Limits(StageLimits limits) => Of(Good with { Stages = [Good.Stages[0] with { Limits = limits }] });
}
