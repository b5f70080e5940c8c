using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Shapes;

namespace RealtimeGateway.Configuration;

/// <summary>
/// Everything that may stand in the configuration file, member by member. Reader and JSON Schema both come from here: a new member of a record is one
/// line here. (After that, write the schema anew: <c>RealtimeGateway.Server schema</c>.)
/// </summary>
internal static class GatewayFileTable
{
    // Shapes of single values.
    private static readonly TextShape Text = new();
    private static readonly BooleanShape Boolean = new();
    private static readonly ListShape<string> TextList = new(Text);
    private static readonly TextMapShape TextMap = new(Text);
    private static readonly TextMapShape Templates = new(Text, shorthand: "$default");
    private static readonly ConcurrencyShape Concurrency = new();
    private static readonly ParsedShape<ApiId> ApiIdText = new("an API id: 1 to 63 of a-z, 0-9 and '-', neither first nor last a hyphen", ApiIdPattern);
    private static readonly IntegerShape LimitCount = new(1, int.MaxValue, canBeOff: true);
    private static readonly SizeShape LimitSize = new(1, 1L << 40, canBeOff: true);
    private static readonly SizeShape ResponseSize = new(1, 1L << 30);
    private static readonly DurationShape LimitDuration = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365), canBeOff: true);
    private static readonly DurationShape IntegrationTimeout = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(15));
    private static readonly ChoiceShape<IntegrationType> IntegrationKind = new(
        ("HTTP_PROXY", IntegrationType.HttpProxy), ("AWS_PROXY", IntegrationType.AwsProxy), ("MOCK", IntegrationType.Mock));

    // Names that the operator chooses.
    private const string ApiIdPattern = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static readonly NameRule ApiIdRule = new("an API id", ApiIdPattern, "1 to 63 of a-z, 0-9 and '-', neither first nor last a hyphen");
    private static readonly NameRule StageName = new("a stage name", "[A-Za-z0-9_-]{1,128}", "1 to 128 letters, digits, '-' and '_'");
    private static readonly NameRule RouteKey = new("a route key", @"[^\x00-\x1f]{1,128}", "$connect, $disconnect, $default or 1 to 128 characters");
    private static readonly NameRule IntegrationId = new("an integration id", @"[^\x00-\x20]{1,128}", "1 to 128 characters without spaces");
    private static readonly NameRule ResponseKey = new("a response key", @"\$default|/.{1,256}/", "$default or a regular expression between slashes, such as /4\\d\\d/");

    private static readonly ObjectShape<StageLimits> Limits = new("limits", new StageLimits(),
    [
        Member<StageLimits>.Of("maxFrame", LimitSize, (l, v) => l with { MaxFrameBytes = v },
            "Largest frame from a client; a bigger one closes with 1009.", l => l.MaxFrameBytes),
        Member<StageLimits>.Of("maxMessage", LimitSize, (l, v) => l with { MaxMessageBytes = v },
            "Largest message in either direction; from clients a bigger one closes with 1009, to @connections it answers 413.",
            l => l.MaxMessageBytes),
        Member<StageLimits>.Of("maxFragments", LimitCount, (l, v) => l with { MaxFragments = v },
            "Most frames in one message from a client; more close with 1008.", l => l.MaxFragments),
        Member<StageLimits>.Of("idleTimeout", LimitDuration, (l, v) => l with { IdleTimeout = v },
            "How long a connection may be without a message before it is closed with 1001.", l => l.IdleTimeout),
        Member<StageLimits>.Of("maxLifetime", LimitDuration, (l, v) => l with { MaxLifetime = v },
            "How long a connection may live before it is closed with 1001.", l => l.MaxLifetime),
        Member<StageLimits>.Of("pingsKeepAlive", Boolean, (l, v) => l with { PingsKeepAlive = v },
            "Whether a client's ping counts as a message for idleTimeout. On Amazon API Gateway it does not.", l => l.PingsKeepAlive),
        Member<StageLimits>.Of("pingInterval", LimitDuration, (l, v) => l with { PingInterval = v },
            "After how much silence the gateway pings the client.", l => l.PingInterval),
        Member<StageLimits>.Of("pingTimeout", LimitDuration, (l, v) => l with { PingTimeout = v },
            "How long after a ping the client may stay silent before it counts as gone.", l => l.PingTimeout),
        Member<StageLimits>.Of("maxPingsPerSecond", LimitCount, (l, v) => l with { MaxPingsPerSecond = v },
            "Most pings from a client in one second; more close with 1008.", l => l.MaxPingsPerSecond),
        Member<StageLimits>.Of("maxQueuedMessages", LimitCount, (l, v) => l with { MaxQueuedMessages = v },
            "Most messages waiting for one client; a push beyond answers 429.", l => l.MaxQueuedMessages),
        Member<StageLimits>.Of("maxQueued", LimitSize, (l, v) => l with { MaxQueuedBytes = v },
            "Most bytes waiting for one client; a push beyond answers 429.", l => l.MaxQueuedBytes),
        Member<StageLimits>.Of("writeTimeout", LimitDuration, (l, v) => l with { WriteTimeout = v },
            "How long one write to a client may make no progress before it is closed with 1008.", l => l.WriteTimeout),
        Member<StageLimits>.Of("slowConsumerTimeout", LimitDuration, (l, v) => l with { SlowConsumerTimeout = v },
            "How long a queue may stay over half full before its client is closed with 1008.", l => l.SlowConsumerTimeout),
    ]);

    private static readonly ObjectShape<Stage> StageShape = new("stage", new Stage { Name = "name" },
    [
        Member<Stage>.Of("variables", TextMap, (s, v) => s with { Variables = v },
            "Values for ${stageVariables.name}; also sent to Lambda functions.", aws: "stageVariables"),
        Member<Stage>.Of("allowBinary", Boolean, (s, v) => s with { AllowBinary = v },
            "Whether binary messages are taken; on Amazon API Gateway, and by default, a binary frame closes the connection with 1003.",
            s => s.AllowBinary),
        Member<Stage>.Of("limits", Limits, (s, v) => s with { Limits = v },
            "The bounds of each connection; off switches one off. Defaults are Amazon's quotas."),
    ]);

    private static readonly ObjectShape<Route> RouteShape = new("route", new Route { RouteKey = "key" },
    [
        Member<Route>.Of("target", Text, (r, v) => r with { Target = v }, "The integration that is called. Without one nothing is called."),
        Member<Route>.Of("routeResponse", Boolean, (r, v) => r with { HasRouteResponse = v },
            "Whether the integration's answer goes back to the client.", r => r.HasRouteResponse, aws: "routeResponseSelectionExpression"),
        Member<Route>.Of("concurrency", Concurrency, (r, v) => r with { Concurrency = v },
            "serial: one message of a connection at a time. parallel: up to 16 at once. { parallel: 32 }: up to 32 at once.",
            r => r.Concurrency),
    ], shorthand: "target");

    private static readonly ObjectShape<IntegrationResponse> ResponseShape = new("response", new IntegrationResponse { Key = "$default" },
    [
        Member<IntegrationResponse>.Of("templates", Templates, (r, v) => r with { ResponseTemplates = v },
            "The templates of the answer, by key; a text alone is $default.", aws: "responseTemplates"),
    ], shorthand: "templates");

    private static readonly ObjectShape<Integration> IntegrationShape = new("integration", new Integration { Id = "id", Type = IntegrationType.HttpProxy },
    [
        Member<Integration>.Of("type", IntegrationKind, (i, v) => i with { Type = v },
            "HTTP_PROXY: any HTTP service. AWS_PROXY: a Lambda function. MOCK: the gateway answers by itself from templates.",
            aws: "integrationType", isRequired: true),
        Member<Integration>.Of("uri", Text, (i, v) => i with { Uri = v },
            "HTTP_PROXY: an http or https URL. AWS_PROXY: the ARN of a function. ${stageVariables.name} stands for a stage variable.",
            aws: "integrationUri"),
        Member<Integration>.Of("method", Text, (i, v) => i with { Method = v },
            "The HTTP method towards an HTTP back end.", i => i.Method, aws: "integrationMethod"),
        Member<Integration>.Of("timeout", IntegrationTimeout, (i, v) => i with { Timeout = v },
            "How long the back end may take: 50ms to 15m (29s is the most on Amazon API Gateway).", i => i.Timeout, aws: "timeoutInMillis"),
        Member<Integration>.Of("maxResponse", ResponseSize, (i, v) => i with { MaxResponseBytes = v },
            "Largest answer taken from the back end; a bigger one counts as a failure.", i => i.MaxResponseBytes),
        Member<Integration>.Of("secret", Text, (i, v) => i with { Secret = v },
            "Signs the calls to an HTTP back end: x-rg-timestamp and x-rg-signature. Better \"${env:NAME}\" than the secret itself."),
        Member<Integration>.Of("requestTemplates", Templates, (i, v) => i with { RequestTemplates = v },
            "MOCK: makes of a message the JSON with the statusCode; a text alone is $default."),
        Member<Integration>.Of("responses", new NamedMapShape<IntegrationResponse>(ResponseKey, ResponseShape, key => new IntegrationResponse { Key = key }),
            (i, v) => i with { Responses = v }, "MOCK: what is answered, by $default or a regular expression between slashes that the status must match.", aws: "integrationResponses"),
    ]);

    private static readonly ObjectShape<Api> ApiShape = new("api", new Api { Id = ApiId.Parse("id") },
    [
        Member<Api>.Of("name", Text, (a, v) => a with { Name = v }, "A name for people. Default: the id."),
        Member<Api>.Of("routeSelectionExpression", Text, (a, v) => a with { RouteSelectionExpression = v },
            "Which part of a message names its route.", a => a.RouteSelectionExpression),
        Member<Api>.Of("lenientJson", Boolean, (a, v) => a with { LenientJson = v },
            "Whether a body that is not strict JSON is read leniently to find its route, as Amazon API Gateway does.", a => a.LenientJson),
        Member<Api>.Of("allowedOrigins", TextList, (a, v) => a with { AllowedOrigins = v },
            "The origins (scheme, host, port) that browsers may connect from. None: any."),
        Member<Api>.Of("integrations", new NamedMapShape<Integration>(IntegrationId, IntegrationShape, id => new Integration { Id = id, Type = default }),
            (a, v) => a with { Integrations = v }, "The back ends that routes can name."),
        Member<Api>.Of("routes", new NamedMapShape<Route>(RouteKey, RouteShape, key => new Route { RouteKey = key }),
            (a, v) => a with { Routes = v }, "What happens to messages, by route key; a text alone is the target."),
        Member<Api>.Of("stages", new NamedMapShape<Stage>(StageName, StageShape, name => new Stage { Name = name }),
            (a, v) => a with { Stages = v }, "Under which names, and with which settings, the API is served."),
    ]);

    /// <summary>The whole file.</summary>
    public static ObjectShape<GatewayConfiguration> Root { get; } = new("file", GatewayConfiguration.Empty,
    [
        Member<GatewayConfiguration>.Of("defaultApi", ApiIdText, (c, v) => c with { DefaultApi = v },
            "The API that /{stage} without an API id means. Default: the only one."),
        Member<GatewayConfiguration>.Of("apis", new NamedMapShape<Api>(ApiIdRule, ApiShape, id => new Api { Id = ApiId.Parse(id) }),
            (c, v) => c with { Apis = v }, "The APIs, by id."),
    ], allowsExtensions: true);
}
