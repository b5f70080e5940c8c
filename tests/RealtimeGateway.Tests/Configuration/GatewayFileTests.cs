using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration;

namespace RealtimeGateway.Tests.Configuration;

public sealed class GatewayFileTests
{
    [Fact]
    public void Parse_EveryMember_FillsTheRecords()
    {
        var api = Assert.Single(Read(Samples.Everything).Apis);

        Assert.Equal(ApiId.Parse("chat"), api.Id);
        Assert.Equal("Chat", api.Name);
        Assert.Equal("$request.body.type", api.RouteSelectionExpression);
        Assert.False(api.LenientJson);
        Assert.Equal(["https://chat.example", "https://www.chat.example"], api.AllowedOrigins);

        var backend = api.Integrations[0];
        Assert.Equal(("backend", IntegrationType.HttpProxy, "http://127.0.0.1:5000/{...}", "PUT"), (backend.Id, backend.Type, backend.Uri, backend.Method));
        Assert.Equal((TimeSpan.FromSeconds(12.5), 2 * 1024 * 1024L, "hunter2"), (backend.Timeout, backend.MaxResponseBytes, backend.Secret));
        Assert.Equal(IntegrationType.AwsProxy, api.Integrations[1].Type);
        var pong = api.Integrations[2];
        Assert.Equal("""{"statusCode":200}""", pong.RequestTemplates["$default"]);
        Assert.Equal("pong", Assert.Single(pong.Responses).ResponseTemplates["$default"]);

        Assert.Equal(["$connect", "sendMessage", "bulk", "$disconnect"], api.Routes.Select(route => route.RouteKey));
        Assert.Equal(["backend", "backend", "fn", null], api.Routes.Select(route => route.Target));
        Assert.True(api.Routes[1].HasRouteResponse);
        Assert.True(api.Routes[1].Concurrency.IsSerial);
        Assert.Equal(RouteConcurrency.Parallel(32), api.Routes[2].Concurrency);
        Assert.Equal(RouteConcurrency.Parallel(RouteConcurrency.DefaultBound), api.Routes[3].Concurrency);

        Assert.Equal(new StageLimits(), api.Stages[0].Limits);
        Assert.Equal("8080", api.Stages[1].Variables["port"]);
        Assert.True(api.Stages[1].AllowBinary);
        Assert.Equal(
            new StageLimits
            {
                MaxFrameBytes = 64 * 1024,
                MaxMessageBytes = 1024 * 1024,
                MaxFragments = 10,
                IdleTimeout = TimeSpan.FromMinutes(90),
                MaxLifetime = TimeSpan.Zero,
                PingsKeepAlive = true,
                PingInterval = TimeSpan.FromMilliseconds(250),
                PingTimeout = TimeSpan.FromSeconds(5),
                MaxPingsPerSecond = 0,
                MaxQueuedMessages = 7,
                MaxQueuedBytes = 12345,
                WriteTimeout = TimeSpan.FromSeconds(1),
                SlowConsumerTimeout = TimeSpan.FromMinutes(2),
            },
            api.Stages[1].Limits);
    }

    [Fact]
    public void Parse_AccessMembers_FillsTheRecords()
    {
        var configuration = Read(Samples.Access);
        var api = configuration.Apis[0];

        Assert.Equal((10000, 5000), (configuration.AccountSettings.ThrottlingRateLimit, configuration.AccountSettings.ThrottlingBurstLimit));
        Assert.Equal(
            [("alice", "hunter2-and-more-than-20-characters", true), ("bob", "another-key-of-20-characters", false)],
            configuration.ApiKeys.Select(key => (key.Id, key.Value, key.Enabled)));
        var plan = Assert.Single(configuration.UsagePlans);
        Assert.Equal((0.5, 10, 1000L, QuotaPeriod.Day), (plan.RateLimit, plan.BurstLimit, plan.QuotaLimit, plan.QuotaPeriod));
        Assert.Equal(["a/prod", "alice", "bob"], [.. plan.Stages, .. plan.Keys]);
        Assert.Equal(("$context.authorizer.usageIdentifierKey", true), (api.ApiKeySelectionExpression, api.DisableSchemaValidation));

        var (function, login) = (api.Authorizers[0], api.Authorizers[1]);
        Assert.Equal((AuthorizerType.Request, "r", TimeSpan.FromSeconds(5)), (function.Type, function.CredentialsArn, function.Timeout));
        Assert.Equal(["route.request.querystring.t"], function.IdentitySources);
        Assert.Equal(
            (AuthorizerType.Jwt, "https://login.example", "https://login.example/keys", TimeSpan.FromSeconds(30)),
            (login.Type, login.Issuer, login.JwksUri, login.ClockSkew));
        Assert.Equal(["chat", "say"], [.. login.Audience, .. login.Scopes]);
        Assert.Equal(new Model { Name = "Message", Schema = """{"type":"object"}""" }, Assert.Single(api.Models));

        var backend = Assert.Single(api.Integrations);
        Assert.Equal(
            (IntegrationType.Http, "$request.body.kind", PassthroughBehavior.Never, ContentHandling.ConvertToText, "role"),
            (backend.Type, backend.TemplateSelectionExpression, backend.PassthroughBehavior, backend.ContentHandling, backend.CredentialsArn));
        Assert.Equal("context.connectionId", backend.RequestParameters["integration.request.path.id"]);
        var response = Assert.Single(backend.Responses);
        Assert.Equal(
            (@"/4\d\d/", "no", "$default", "'chat'", ContentHandling.ConvertToBinary),
            (response.Key, response.ResponseTemplates["$default"], response.TemplateSelectionExpression,
                response.ResponseParameters["route.response.header.Sec-WebSocket-Protocol"], response.ContentHandling));

        var (connect, say) = (api.Routes[0], api.Routes[1]);
        Assert.Equal((AuthorizationType.Custom, "fn", true), (connect.AuthorizationType, connect.AuthorizerId, connect.ApiKeyRequired));
        Assert.True(connect.RequestParameters["route.request.querystring.room"]);
        Assert.Equal(("Message", "$request.body.kind"), (say.RequestModels["$default"], say.ModelSelectionExpression));

        var stage = Assert.Single(api.Stages);
        Assert.Equal((100, true, 5), (stage.DefaultRouteSettings.ThrottlingRateLimit, stage.DefaultRouteSettings.DetailedMetricsEnabled, stage.RouteSettings["say"].ThrottlingBurstLimit));
        Assert.Equal(("stdout", "$context.requestId"), (stage.AccessLog!.Destination, stage.AccessLog.Format));
    }

    [Theory]
    [InlineData("routes: { $connect: fn }", "fn")]
    [InlineData("routes: { $connect: { target: fn } }", "fn")]
    [InlineData("routes: { $connect: }", null)]
    [InlineData("routes: { $connect: {} }", null)]
    public void Parse_RouteShorthand_IsTheTarget(string routes, string? target) =>
        Assert.Equal(target, Assert.Single(Read($"apis:\n  a:\n    {routes}\n").Apis[0].Routes).Target);

    [Fact]
    public void Parse_ResponseShorthand_IsTheDefaultTemplate()
    {
        var integration = Read("apis: { a: { integrations: { m: { type: MOCK, requestTemplates: '{}', responses: { $default: pong } } } } }").Apis[0].Integrations[0];

        Assert.Equal("{}", integration.RequestTemplates["$default"]);
        Assert.Equal("pong", integration.Responses[0].ResponseTemplates["$default"]);
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("32KB", 32 * 1024)]
    [InlineData("32KiB", 32 * 1024)]
    [InlineData("32 kib", 32 * 1024)]
    [InlineData("1.5MiB", 1536 * 1024)]
    [InlineData("1GB", 1024L * 1024 * 1024)]
    [InlineData("off", 0)]
    [InlineData("0", 0)]
    public void Parse_Size_CountsIn1024(string written, long bytes) =>
        Assert.Equal(bytes, Limits($"maxMessage: {written}").MaxMessageBytes);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("10m", 600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("2 h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("off", 0)]
    [InlineData("0s", 0)]
    public void Parse_Duration_CountsItsUnits(string written, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Limits($"idleTimeout: {written}").IdleTimeout);

    [Fact]
    public void Parse_AnchorsAndMergeKeys_LendWhatIsNotSaid()
    {
        const string Text = """
            x-limits: &strict { maxFrame: 1KiB, idleTimeout: 1m }
            x-slow: &slow { idleTimeout: 1h, writeTimeout: 1h }
            apis:
              a:
                stages:
                  one: { limits: *strict }
                  two: { limits: { <<: *strict, idleTimeout: 2m } }
                  three: { limits: { <<: [*strict, *slow] } }
            """;

        var limits = Read(Text).Apis[0].Stages.Select(stage => (stage.Limits.MaxFrameBytes, stage.Limits.IdleTimeout.TotalMinutes, stage.Limits.WriteTimeout.TotalSeconds));

        Assert.Equal([(1024, 1, 10), (1024, 2, 10), (1024, 1, 3600)], limits);
    }

    [Theory]
    [InlineData("${env:HOST}", "example.com")]
    [InlineData("https://${env:HOST}/${env:PATH_PREFIX:-v1}/x", "https://example.com/v1/x")]
    [InlineData("${env:EMPTY:-filled}", "filled")]
    [InlineData("[${env:EMPTY}]", "[]")]
    [InlineData("$${env:HOST} ${stageVariables.fn}", "${env:HOST} ${stageVariables.fn}")]
    [InlineData("${env:TRICKY}", "x\n  uri: y # \"z\"")]
    public void Parse_EnvironmentReference_IsFilledInAsText(string written, string expected)
    {
        var api = Read($"apis: {{ a: {{ name: '{written}' }} }}").Apis[0];

        Assert.Equal(expected, api.Name);
    }

    [Fact]
    public void Parse_EnvironmentReference_MayBeANumberOrAMember() =>
        Assert.Equal(TimeSpan.FromSeconds(30), Limits("idleTimeout: \"${env:NUMBER}s\"").IdleTimeout);

    [Fact]
    public void Locate_SemanticErrors_PointsAtTheNodeOrItsNearestParent()
    {
        var result = GatewayFile.Parse(Samples.Everything, "gateway.yaml", Samples.Environment);
        var api = ConfigurationPath.Root["apis"]["chat"];

        var errors = result.Locate(
        [
            new(api["routes"]["bulk"]["target"], "no such integration"),
            new(api["allowedOrigins"][1], "bad origin"),
            new(api["routes"]["$connect"]["target"], "shorthand"),
            new(api["stages"]["dev"]["limits"]["unheardOf"]["deeper"], "nearest\nparent"),
            new(ConfigurationPath.Root, "root"),
            new(ConfigurationPath.Root["nowhere"], "nowhere"),
        ]);

        Assert.Equal(
            [
                "gateway.yaml:2:1: (the whole file): root",
                "gateway.yaml:2:1: nowhere: nowhere",
                "gateway.yaml:7:45: apis.chat.allowedOrigins.1: bad origin",
                "gateway.yaml:14:17: apis.chat.routes.$connect.target: shorthand",
                "gateway.yaml:19:17: apis.chat.routes.bulk.target: no such integration",
                "gateway.yaml:26:9: apis.chat.stages.dev.limits.unheardOf.deeper: nearest\\nparent",
            ],
            errors.Select(error => error.ToString()));
    }

    [Fact]
    public void Parse_ByteOrderMarkAndWindowsLines_IsFine() =>
        Assert.Equal("x", Assert.Single(GatewayFile.Parse("\uFEFFapis:\r\n  x:\r\n"u8, "f").Configuration!.Apis).Name);

    private static GatewayConfiguration Read(string text)
    {
        var result = GatewayFile.Parse(text, "gateway.yaml", Samples.Environment);
        Assert.Equal(ImmutableArray<FileError>.Empty, result.Errors);
        return result.Configuration!;
    }

    private static StageLimits Limits(string limits) => Read($"apis: {{ a: {{ stages: {{ s: {{ limits: {{ {limits} }} }} }} }} }}").Apis[0].Stages[0].Limits;
}
