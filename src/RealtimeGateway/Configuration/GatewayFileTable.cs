using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Shapes;

namespace RealtimeGateway.Configuration;

/// <summary>
/// Everything that may stand in the configuration file, member by member. Reader, writer and JSON Schema all come from here: a new member of a record is one
/// line here. (After that, write the schema anew: <c>RealtimeGateway.Server schema</c>.)
/// </summary>
internal static class GatewayFileTable
{
    // Shapes of single values.
    private static readonly TextShape Text = new();
    private static readonly BooleanShape Boolean = new();
    private static readonly ListShape<string> TextList = new(Text);
    private static readonly DictionaryShape<string> TextMap = new(Text);
    private static readonly DictionaryShape<string> Templates = new(Text, shorthand: "$default");
    private static readonly DictionaryShape<bool> BooleanMap = new(Boolean);
    private static readonly NumberShape Rate = new();
    private static readonly IntegerShape Count = new(0, int.MaxValue);
    private static readonly ConcurrencyShape Concurrency = new();
    private static readonly ParsedShape<ApiId> ApiIdText = new("an API id: 1 to 63 of a-z, 0-9 and '-', neither first nor last a hyphen", ApiIdPattern);
    private static readonly IntegerShape LimitCount = new(1, int.MaxValue, canBeOff: true);
    private static readonly SizeShape LimitSize = new(1, 1L << 40, canBeOff: true);
    private static readonly SizeShape ResponseSize = new(1, 1L << 30);
    private static readonly DurationShape LimitDuration = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365), canBeOff: true);
    private static readonly DurationShape IntegrationTimeout = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(15));
    private static readonly ChoiceShape<IntegrationType> IntegrationKind = new(
        ("HTTP_PROXY", IntegrationType.HttpProxy), ("HTTP", IntegrationType.Http), ("AWS_PROXY", IntegrationType.AwsProxy),
        ("AWS", IntegrationType.Aws), ("MOCK", IntegrationType.Mock));
    private static readonly ChoiceShape<PassthroughBehavior> Passthrough = new(
        ("WHEN_NO_MATCH", PassthroughBehavior.WhenNoMatch), ("WHEN_NO_TEMPLATES", PassthroughBehavior.WhenNoTemplates), ("NEVER", PassthroughBehavior.Never));
    private static readonly ChoiceShape<ContentHandling> Content = new(
        ("NONE", ContentHandling.None), ("CONVERT_TO_BINARY", ContentHandling.ConvertToBinary), ("CONVERT_TO_TEXT", ContentHandling.ConvertToText));
    private static readonly ChoiceShape<AuthorizationType> Authorization = new(
        ("NONE", AuthorizationType.None), ("AWS_IAM", AuthorizationType.AwsIam), ("CUSTOM", AuthorizationType.Custom), ("JWT", AuthorizationType.Jwt));
    private static readonly ChoiceShape<AuthorizerType> AuthorizerKind = new(("REQUEST", AuthorizerType.Request), ("JWT", AuthorizerType.Jwt));
    private static readonly ChoiceShape<QuotaPeriod> Period = new(("DAY", QuotaPeriod.Day), ("WEEK", QuotaPeriod.Week), ("MONTH", QuotaPeriod.Month));

    // Names that the operator chooses.
    private const string ApiIdPattern = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static readonly NameRule ApiIdRule = new("an API id", ApiIdPattern, "1 to 63 of a-z, 0-9 and '-', neither first nor last a hyphen");
    private static readonly NameRule StageName = new("a stage name", "[A-Za-z0-9_-]{1,128}", "1 to 128 letters, digits, '-' and '_'");
    private static readonly NameRule RouteKey = new("a route key", @"[^\x00-\x1f]{1,128}", "$connect, $disconnect, $default or 1 to 128 characters");
    private static readonly NameRule AnyId = new("an id", @"[^\x00-\x20]{1,128}", "1 to 128 characters without spaces");
    private static readonly NameRule ModelName = new("a model name", "[A-Za-z0-9]{1,128}", "1 to 128 letters and digits");
    private static readonly NameRule IntegrationId = new("an integration id", @"[^\x00-\x20]{1,128}", "1 to 128 characters without spaces");
    private static readonly NameRule ResponseKey = new("a response key", @"\$default|/.{1,256}/", "$default or a regular expression between slashes, such as /4\\d\\d/");

    private static readonly ObjectShape<StageLimits> Limits = new("limits", new StageLimits(),
    [
        Member<StageLimits>.Of("maxFrame", LimitSize, l => l.MaxFrameBytes, (l, v) => l with { MaxFrameBytes = v },
            "Largest frame from a client; a bigger one closes with 1009."),
        Member<StageLimits>.Of("maxMessage", LimitSize, l => l.MaxMessageBytes, (l, v) => l with { MaxMessageBytes = v },
            "Largest message in either direction; from clients a bigger one closes with 1009, to @connections it answers 413."),
        Member<StageLimits>.Of("maxFragments", LimitCount, l => l.MaxFragments, (l, v) => l with { MaxFragments = v },
            "Most frames in one message from a client; more close with 1008."),
        Member<StageLimits>.Of("idleTimeout", LimitDuration, l => l.IdleTimeout, (l, v) => l with { IdleTimeout = v },
            "How long a connection may be without a message before it is closed with 1001."),
        Member<StageLimits>.Of("maxLifetime", LimitDuration, l => l.MaxLifetime, (l, v) => l with { MaxLifetime = v },
            "How long a connection may live before it is closed with 1001."),
        Member<StageLimits>.Of("pingsKeepAlive", Boolean, l => l.PingsKeepAlive, (l, v) => l with { PingsKeepAlive = v },
            "Whether a client's ping counts as a message for idleTimeout. On Amazon API Gateway it does not."),
        Member<StageLimits>.Of("pingInterval", LimitDuration, l => l.PingInterval, (l, v) => l with { PingInterval = v },
            "After how much silence the gateway pings the client."),
        Member<StageLimits>.Of("pingTimeout", LimitDuration, l => l.PingTimeout, (l, v) => l with { PingTimeout = v },
            "How long after a ping the client may stay silent before it counts as gone."),
        Member<StageLimits>.Of("maxPingsPerSecond", LimitCount, l => l.MaxPingsPerSecond, (l, v) => l with { MaxPingsPerSecond = v },
            "Most pings from a client in one second; more close with 1008."),
        Member<StageLimits>.Of("maxQueuedMessages", LimitCount, l => l.MaxQueuedMessages, (l, v) => l with { MaxQueuedMessages = v },
            "Most messages waiting for one client; a push beyond answers 429."),
        Member<StageLimits>.Of("maxQueued", LimitSize, l => l.MaxQueuedBytes, (l, v) => l with { MaxQueuedBytes = v },
            "Most bytes waiting for one client; a push beyond answers 429."),
        Member<StageLimits>.Of("writeTimeout", LimitDuration, l => l.WriteTimeout, (l, v) => l with { WriteTimeout = v },
            "How long one write to a client may make no progress before it is closed with 1008."),
        Member<StageLimits>.Of("slowConsumerTimeout", LimitDuration, l => l.SlowConsumerTimeout, (l, v) => l with { SlowConsumerTimeout = v },
            "How long a queue may stay over half full before its client is closed with 1008."),
    ]);

    private static readonly ChoiceShape<LoggingLevel> LoggingLevels = new(
        ("OFF", LoggingLevel.Off), ("ERROR", LoggingLevel.Error), ("INFO", LoggingLevel.Info));

    private static readonly ObjectShape<RouteSettings> RouteSettingsShape = new("routeSettings", new RouteSettings(),
    [
        Member<RouteSettings>.Of("rateLimit", Rate, s => s.ThrottlingRateLimit, (s, v) => s with { ThrottlingRateLimit = v },
            "Steady rate: events a second. Default: no bound of its own.", aws: "throttlingRateLimit"),
        Member<RouteSettings>.Of("burstLimit", Count, s => s.ThrottlingBurstLimit, (s, v) => s with { ThrottlingBurstLimit = v },
            "How many events may come at once before the rate holds. Default: a second's worth.", aws: "throttlingBurstLimit"),
        Member<RouteSettings>.Of("detailedMetrics", Boolean, s => s.DetailedMetricsEnabled, (s, v) => s with { DetailedMetricsEnabled = v },
            "Whether metrics are told apart by route.", aws: "detailedMetricsEnabled"),
        Member<RouteSettings>.Of("loggingLevel", LoggingLevels, s => s.LoggingLevel, (s, v) => s with { LoggingLevel = v },
            "How much the execution log tells: OFF, ERROR, or INFO for every step."),
        Member<RouteSettings>.Of("dataTrace", Boolean, s => s.DataTraceEnabled, (s, v) => s with { DataTraceEnabled = v },
            "Whether the execution log shows messages, headers and answers too, at INFO.", aws: "dataTraceEnabled"),
    ]);

    private static readonly ObjectShape<AccessLogSettings> AccessLog = new("accessLog", new AccessLogSettings { Destination = "", Format = "" },
    [
        Member<AccessLogSettings>.Of("destination", Text, l => l.Destination, (l, v) => l with { Destination = v },
            "stdout, or the path of a file, which is appended to; a relative one is below the data directory.", aws: "destinationArn", isRequired: true),
        Member<AccessLogSettings>.Of("format", Text, l => l.Format, (l, v) => l with { Format = v },
            "One line with $context variables; $context.requestId or $context.extendedRequestId must be among them.", isRequired: true),
    ]);

    private static readonly ObjectShape<Stage> StageShape = new("stage", new Stage { Name = "name" },
    [
        Member<Stage>.Of("variables", TextMap, s => s.Variables, (s, v) => s with { Variables = v },
            "Values for ${stageVariables.name}; also sent to Lambda functions.", aws: "stageVariables"),
        Member<Stage>.Of("allowBinary", Boolean, s => s.AllowBinary, (s, v) => s with { AllowBinary = v },
            "Whether binary messages are taken; on Amazon API Gateway, and by default, a binary frame closes the connection with 1003."),
        Member<Stage>.Of("defaultRouteSettings", RouteSettingsShape, s => s.DefaultRouteSettings, (s, v) => s with { DefaultRouteSettings = v },
            "The settings of every route that has none of its own."),
        Member<Stage>.Of("routeSettings", new DictionaryShape<RouteSettings>(RouteSettingsShape), s => s.RouteSettings, (s, v) => s with { RouteSettings = v },
            "Settings by route key; what is not set there is taken from defaultRouteSettings."),
        Member<Stage>.Of("accessLog", AccessLog, s => s.AccessLog, (s, v) => s with { AccessLog = v },
            "One line for each event. Default: none.", aws: "accessLogSettings"),
        Member<Stage>.Of("limits", Limits, s => s.Limits, (s, v) => s with { Limits = v },
            "The bounds of each connection; off switches one off. Defaults are Amazon's quotas."),
    ]);

    private static readonly ObjectShape<Route> RouteShape = new("route", new Route { RouteKey = "key" },
    [
        Member<Route>.Of("target", Text, r => r.Target, (r, v) => r with { Target = v }, "The integration that is called. Without one nothing is called."),
        Member<Route>.Of("routeResponse", Boolean, r => r.HasRouteResponse, (r, v) => r with { HasRouteResponse = v },
            "Whether the integration's answer goes back to the client.", aws: "routeResponseSelectionExpression"),
        Member<Route>.Of("concurrency", Concurrency, r => r.Concurrency, (r, v) => r with { Concurrency = v },
            "serial: one message of a connection at a time. parallel: up to 16 at once. { parallel: 32 }: up to 32 at once."),
        Member<Route>.Of("authorization", Authorization, r => r.AuthorizationType, (r, v) => r with { AuthorizationType = v },
            "Who may connect; only on $connect. NONE: anyone. AWS_IAM: signed requests. CUSTOM: a Lambda function decides. JWT: a token of a known issuer.", aws: "authorizationType"),
        Member<Route>.Of("authorizer", Text, r => r.AuthorizerId, (r, v) => r with { AuthorizerId = v }, "The authorizer, for CUSTOM and JWT.", aws: "authorizerId"),
        Member<Route>.Of("apiKeyRequired", Boolean, r => r.ApiKeyRequired, (r, v) => r with { ApiKeyRequired = v },
            "Whether the client needs an API key; only on $connect."),
        Member<Route>.Of("modelSelectionExpression", Text, r => r.ModelSelectionExpression, (r, v) => r with { ModelSelectionExpression = v },
            "Which of the requestModels a message must fit. Default: $default."),
        Member<Route>.Of("requestModels", Templates, r => r.RequestModels, (r, v) => r with { RequestModels = v },
            "Names of models by key; a name alone is $default. None: nothing is validated."),
        Member<Route>.Of("requestParameters", BooleanMap, r => r.RequestParameters, (r, v) => r with { RequestParameters = v },
            "Handshake parameters such as route.request.querystring.room, and whether each must be there; only on $connect."),
    ], shorthand: "target");

    private static readonly ObjectShape<IntegrationResponse> ResponseShape = new("response", new IntegrationResponse { Key = "$default" },
    [
        Member<IntegrationResponse>.Of("templates", Templates, r => r.ResponseTemplates, (r, v) => r with { ResponseTemplates = v },
            "The templates of the answer, by key; a text alone is $default.", aws: "responseTemplates"),
        Member<IntegrationResponse>.Of("templateSelectionExpression", Text, r => r.TemplateSelectionExpression, (r, v) => r with { TemplateSelectionExpression = v },
            "Which of the templates is used. Default: $default."),
        Member<IntegrationResponse>.Of("parameters", TextMap, r => r.ResponseParameters, (r, v) => r with { ResponseParameters = v },
            "On $connect: route.response.header.Sec-WebSocket-Protocol and where its value comes from.", aws: "responseParameters"),
        Member<IntegrationResponse>.Of("contentHandling", Content, r => r.ContentHandling, (r, v) => r with { ContentHandling = v },
            "Whether the answer is converted between base64 text and bytes.", aws: "contentHandlingStrategy"),
    ], shorthand: "templates");

    private static readonly ObjectShape<Integration> IntegrationShape = new("integration", new Integration { Id = "id", Type = IntegrationType.HttpProxy },
    [
        Member<Integration>.Of("type", IntegrationKind, i => i.Type, (i, v) => i with { Type = v },
            "HTTP_PROXY: any HTTP service. AWS_PROXY: a Lambda function. MOCK: the gateway answers by itself. HTTP, AWS: as the proxies, but shaped by templates.",
            aws: "integrationType", isRequired: true),
        Member<Integration>.Of("uri", Text, i => i.Uri, (i, v) => i with { Uri = v },
            "HTTP types: an http or https URL. AWS types: the ARN of a function or of an action of a service. ${stageVariables.name} stands for a stage variable.",
            aws: "integrationUri", isSecret: MayHoldSecret),
        Member<Integration>.Of("method", Text, i => i.Method, (i, v) => i with { Method = v },
            "The HTTP method towards an HTTP back end.", aws: "integrationMethod"),
        Member<Integration>.Of("timeout", IntegrationTimeout, i => i.Timeout, (i, v) => i with { Timeout = v },
            "How long the back end may take: 50ms to 15m (29s is the most on Amazon API Gateway).", aws: "timeoutInMillis"),
        Member<Integration>.Of("maxResponse", ResponseSize, i => i.MaxResponseBytes, (i, v) => i with { MaxResponseBytes = v },
            "Largest answer taken from the back end; a bigger one counts as a failure."),
        Member<Integration>.Of("secret", Text, i => i.Secret, (i, v) => i with { Secret = v },
            "Signs the calls to an HTTP back end: x-rg-timestamp and x-rg-signature. Better \"${env:NAME}\" than the secret itself.",
            isSecret: AnyText),
        Member<Integration>.Of("requestTemplates", Templates, i => i.RequestTemplates, (i, v) => i with { RequestTemplates = v },
            "HTTP, AWS, MOCK: the mapping templates of the request, by key; a text alone is $default. MOCK: they make the JSON with the statusCode."),
        Member<Integration>.Of("requestParameters", TextMap, i => i.RequestParameters, (i, v) => i with { RequestParameters = v },
            "What goes into the request: from integration.request.header.name and the like to a source such as context.connectionId."),
        Member<Integration>.Of("templateSelectionExpression", Text, i => i.TemplateSelectionExpression, (i, v) => i with { TemplateSelectionExpression = v },
            "Which of the requestTemplates is used. Default: $default."),
        Member<Integration>.Of("passthroughBehavior", Passthrough, i => i.PassthroughBehavior, (i, v) => i with { PassthroughBehavior = v },
            "What becomes of a message that no template takes."),
        Member<Integration>.Of("contentHandling", Content, i => i.ContentHandling, (i, v) => i with { ContentHandling = v },
            "Whether the request's body is converted between base64 text and bytes.", aws: "contentHandlingStrategy"),
        Member<Integration>.Of("credentialsArn", Text, i => i.CredentialsArn, (i, v) => i with { CredentialsArn = v },
            "The role that is assumed for calls to AWS. Default: the gateway's own credentials."),
        Member<Integration>.Of("responses", new NamedMapShape<IntegrationResponse>(ResponseKey, ResponseShape, key => new IntegrationResponse { Key = key }, one => one.Key),
            i => i.Responses, (i, v) => i with { Responses = v }, "HTTP, AWS, MOCK: how answers are shaped, by $default or a regular expression between slashes that the status must match.", aws: "integrationResponses"),
    ]);

    private static readonly DurationShape ClockSkew = new(TimeSpan.Zero, TimeSpan.FromHours(1));

    private static readonly ObjectShape<Authorizer> AuthorizerShape = new("authorizer", new Authorizer { Id = "id", Type = default },
    [
        Member<Authorizer>.Of("type", AuthorizerKind, a => a.Type, (a, v) => a with { Type = v },
            "REQUEST: a Lambda function that is shown the handshake. JWT: the signature and claims of a token.", aws: "authorizerType", isRequired: true),
        Member<Authorizer>.Of("uri", Text, a => a.Uri, (a, v) => a with { Uri = v }, "REQUEST: the ARN of the function.", aws: "authorizerUri"),
        Member<Authorizer>.Of("credentialsArn", Text, a => a.CredentialsArn, (a, v) => a with { CredentialsArn = v },
            "The role that is assumed to call the function. Default: the gateway's own credentials.", aws: "authorizerCredentialsArn"),
        Member<Authorizer>.Of("identitySources", TextList, a => a.IdentitySources, (a, v) => a with { IdentitySources = v },
            "What the client must send, such as route.request.querystring.token. JWT: the first is where the token is.", aws: "identitySource"),
        Member<Authorizer>.Of("timeout", IntegrationTimeout, a => a.Timeout, (a, v) => a with { Timeout = v }, "How long the function may take."),
        Member<Authorizer>.Of("issuer", Text, a => a.Issuer, (a, v) => a with { Issuer = v }, "JWT: the iss that tokens must have."),
        Member<Authorizer>.Of("audience", TextList, a => a.Audience, (a, v) => a with { Audience = v }, "JWT: tokens must be for one of these."),
        Member<Authorizer>.Of("jwksUri", Text, a => a.JwksUri, (a, v) => a with { JwksUri = v },
            "JWT: where the key set is, if the issuer has no discovery document."),
        Member<Authorizer>.Of("scopes", TextList, a => a.Scopes, (a, v) => a with { Scopes = v }, "JWT: scopes of which a token must have one."),
        Member<Authorizer>.Of("clockSkew", ClockSkew, a => a.ClockSkew, (a, v) => a with { ClockSkew = v }, "JWT: how far clocks may be apart."),
    ]);

    private static readonly ObjectShape<Model> ModelShape = new("model", new Model { Name = "name", Schema = "" },
    [
        Member<Model>.Of("schema", Text, m => m.Schema, (m, v) => m with { Schema = v }, "A JSON Schema, draft 4, as text.", isRequired: true),
    ], shorthand: "schema");

    private static readonly ObjectShape<ApiKey> ApiKeyShape = new("apiKey", new ApiKey { Id = "id", Value = "" },
    [
        Member<ApiKey>.Of("value", Text, k => k.Value, (k, v) => k with { Value = v },
            "What clients send: 20 to 128 characters. Better \"${env:NAME}\" than the key itself.", isRequired: true, isSecret: AnyText),
        Member<ApiKey>.Of("enabled", Boolean, k => k.Enabled, (k, v) => k with { Enabled = v }, "Whether it is taken."),
    ], shorthand: "value");

    private static readonly ObjectShape<UsagePlan> UsagePlanShape = new("usagePlan", new UsagePlan { Id = "id" },
    [
        Member<UsagePlan>.Of("stages", TextList, p => p.Stages, (p, v) => p with { Stages = v }, "The stages, as api/stage.", aws: "apiStages"),
        Member<UsagePlan>.Of("keys", TextList, p => p.Keys, (p, v) => p with { Keys = v }, "The ids of the API keys that belong to the plan."),
        Member<UsagePlan>.Of("rateLimit", Rate, p => p.RateLimit, (p, v) => p with { RateLimit = v }, "Steady rate of one key: events a second. Default: unbounded."),
        Member<UsagePlan>.Of("burstLimit", Count, p => p.BurstLimit, (p, v) => p with { BurstLimit = v }, "How many events of one key may come at once. Default: a second's worth."),
        Member<UsagePlan>.Of("quotaLimit", Count, p => (int?)p.QuotaLimit, (p, v) => p with { QuotaLimit = v }, "How many events one key has in a quotaPeriod. Default: unbounded."),
        Member<UsagePlan>.Of("quotaPeriod", Period, p => p.QuotaPeriod, (p, v) => p with { QuotaPeriod = v }, "The period of quotaLimit, in UTC."),
    ]);

    private static readonly ObjectShape<Api> ApiShape = new("api", new Api { Id = ApiId.Parse("id") },
    [
        Member<Api>.Of("name", Text, a => a.Name, (a, v) => a with { Name = v }, "A name for people. Default: the id.", tellsDefault: false),
        Member<Api>.Of("routeSelectionExpression", Text, a => a.RouteSelectionExpression, (a, v) => a with { RouteSelectionExpression = v },
            "Which part of a message names its route."),
        Member<Api>.Of("lenientJson", Boolean, a => a.LenientJson, (a, v) => a with { LenientJson = v },
            "Whether a body that is not strict JSON is read leniently to find its route, as Amazon API Gateway does."),
        Member<Api>.Of("allowedOrigins", TextList, a => a.AllowedOrigins, (a, v) => a with { AllowedOrigins = v },
            "The origins (scheme, host, port) that browsers may connect from. None: any."),
        Member<Api>.Of("apiKeySelectionExpression", Text, a => a.ApiKeySelectionExpression, (a, v) => a with { ApiKeySelectionExpression = v },
            "Where a client's API key is."),
        Member<Api>.Of("disableSchemaValidation", Boolean, a => a.DisableSchemaValidation, (a, v) => a with { DisableSchemaValidation = v },
            "Whether messages are taken without being checked against their models."),
        Member<Api>.Of("disableDefaultEndpoint", Boolean, a => a.DisableDefaultEndpoint, (a, v) => a with { DisableDefaultEndpoint = v },
            "Whether the API is reached by domains only.", aws: "disableExecuteApiEndpoint"),
        Member<Api>.Of("authorizers", new NamedMapShape<Authorizer>(AnyId, AuthorizerShape, id => new Authorizer { Id = id, Type = default }, one => one.Id),
            a => a.Authorizers, (a, v) => a with { Authorizers = v }, "What decides who may connect."),
        Member<Api>.Of("models", new NamedMapShape<Model>(ModelName, ModelShape, name => new Model { Name = name, Schema = "" }, one => one.Name),
            a => a.Models, (a, v) => a with { Models = v }, "What messages must look like; a text alone is the schema."),
        Member<Api>.Of("integrations", new NamedMapShape<Integration>(IntegrationId, IntegrationShape, id => new Integration { Id = id, Type = default }, one => one.Id),
            a => a.Integrations, (a, v) => a with { Integrations = v }, "The back ends that routes can name."),
        Member<Api>.Of("routes", new NamedMapShape<Route>(RouteKey, RouteShape, key => new Route { RouteKey = key }, one => one.RouteKey),
            a => a.Routes, (a, v) => a with { Routes = v }, "What happens to messages, by route key; a text alone is the target."),
        Member<Api>.Of("stages", new NamedMapShape<Stage>(StageName, StageShape, name => new Stage { Name = name }, one => one.Name),
            a => a.Stages, (a, v) => a with { Stages = v }, "Under which names, and with which settings, the API is served."),
    ]);

    private static readonly ObjectShape<DomainMapping> DomainShape = new("domain", new DomainMapping("", "", default, ""),
    [
        Member<DomainMapping>.Of("host", Text, d => d.Host, (d, v) => d with { Host = v },
            "The host without a port; *.example.com stands for every host one label longer.", aws: "domainName", isRequired: true),
        Member<DomainMapping>.Of("path", Text, d => d.BasePath, (d, v) => d with { BasePath = v },
            "The path below which the stage is; it may have several segments. Default: the whole host.", aws: "apiMappingKey", tellsDefault: false),
        Member<DomainMapping>.Of("api", ApiIdText, d => d.ApiId, (d, v) => d with { ApiId = v }, "The API.", aws: "apiId", isRequired: true),
        Member<DomainMapping>.Of("stage", Text, d => d.Stage, (d, v) => d with { Stage = v }, "Its stage.", isRequired: true),
    ]);

    /// <summary>The whole file.</summary>
    public static ObjectShape<GatewayConfiguration> Root { get; } = new("file", GatewayConfiguration.Empty,
    [
        Member<GatewayConfiguration>.Of("defaultApi", ApiIdText, c => c.DefaultApi, (c, v) => c with { DefaultApi = v },
            "The API that /{stage} without an API id means. Default: the only one."),
        Member<GatewayConfiguration>.Of("apis", new NamedMapShape<Api>(ApiIdRule, ApiShape, id => new Api { Id = ApiId.Parse(id) }, one => one.Id.ToString()),
            c => c.Apis, (c, v) => c with { Apis = v }, "The APIs, by id."),
        Member<GatewayConfiguration>.Of("apiKeys", new NamedMapShape<ApiKey>(AnyId, ApiKeyShape, id => new ApiKey { Id = id, Value = "" }, one => one.Id),
            c => c.ApiKeys, (c, v) => c with { ApiKeys = v }, "The keys that clients may send, by id; a text alone is the value."),
        Member<GatewayConfiguration>.Of("usagePlans", new NamedMapShape<UsagePlan>(AnyId, UsagePlanShape, id => new UsagePlan { Id = id }, one => one.Id),
            c => c.UsagePlans, (c, v) => c with { UsagePlans = v }, "Which keys may use which stages, how fast and how often, by id."),
        Member<GatewayConfiguration>.Of("domains", new ListShape<DomainMapping>(DomainShape), c => c.Domains, (c, v) => c with { Domains = v },
            "The hosts that clients use instead of the gateway's own, and what is below which path."),
        Member<GatewayConfiguration>.Of("accountSettings", RouteSettingsShape, c => c.AccountSettings, (c, v) => c with { AccountSettings = v },
            "The rate of the whole gateway, over all stages and @connections together. Default: unbounded."),
    ], allowsExtensions: true);

    private static bool AnyText(string value) => value.Length > 0;

    /// <summary>A user name and a password may stand before the host of a URL, and a key in its query.</summary>
    private static bool MayHoldSecret(string uri) =>
        uri.IndexOf("://", StringComparison.Ordinal) is >= 0 and var start && uri.AsSpan(start + 3).ContainsAny('@', '?');
}
