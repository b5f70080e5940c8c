using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using CsCheck;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.Configuration.Writing;

/// <summary>Random configurations of every kind that a file can hold, and what is equal in two of them.</summary>
internal static class Records
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 8],
        OneOf(
            "", "~", "null", "true", "off", "12", "1e3", "0x1f", " lead", "trail ", "a: b", "- a", "#c", "a #c", "'", "\"", "\\", "${env:HOME}", "$${env:X}", "{", "[x]", "*a", "&a", "!t", "%", "@", "`",
            "two\nlines", "three\n\nlines\n", "\n", "end\n\n", "tab\there", "\r\n", "a\rb", "\u0085", "\u2028", "\ufeff", "émoji 😀", "\u0001x"[1..], "<<", "=", "---", "...", "? x", "12:30:45", "2001-01-01",
            """{"a": [1, 2]}""", "#set($x = 1)\n{ \"x\": $x }", "  two\n spaces"),
        Gen.String[Gen.OneOf(OneOf(" \n\t'\":#-${}[],&*!|>%@`\\/?~\r".ToCharArray()), Gen.Char.AlphaNumeric), 0, 12]);

    private static readonly Gen<string?> MaybeText = Gen.OneOf(Text.Select(text => (string?)text), Gen.Int[0, 0].Select(_ => (string?)null));
    private static readonly Gen<string> Id = Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, OneOf("$/.:-_#'\"{}[],&*!|>%@`\\?~".ToCharArray())), 1, 12];
    private static readonly Gen<string> Name = Gen.String[Gen.Char.AlphaNumeric, 1, 8];
    private static readonly Gen<string> LowerId = Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['0', '9']), 1, 8];
    private static readonly Gen<int> Count = Gen.OneOf(Gen.Const(0), Gen.Int[1, 100], Gen.Int[1, int.MaxValue]);
    private static readonly Gen<long> Size = Gen.OneOf(Gen.Const(0L), Gen.Long[1, 1L << 40], Gen.Long[1, 1 << 10].Select(n => n << 10));
    private static readonly Gen<double?> Rate = Gen.OneOf(Gen.Double[0, 10], Gen.Double[0, 1e12], Gen.Const(1e-7), Gen.Const(0.5)).Nullable();
    private static readonly Gen<ImmutableArray<string>> List = Text.Array[0, 3].Select(items => items.ToImmutableArray());

    private static readonly Gen<RouteSettings> RouteSettings = Gen.Select(Rate, Count.Nullable(), Gen.Bool, (rate, burst, metrics) =>
        new RouteSettings { ThrottlingRateLimit = rate, ThrottlingBurstLimit = burst, DetailedMetricsEnabled = metrics });

    private static readonly Gen<StageLimits> Limits =
        from sizes in Size.Array[3]
        from counts in Count.Array[3]
        from times in Duration(TimeSpan.Zero, TimeSpan.FromDays(365)).Array[6]
        from flag in Gen.Bool
        select new StageLimits
        {
            MaxFrameBytes = sizes[0],
            MaxMessageBytes = sizes[1],
            MaxQueuedBytes = sizes[2],
            MaxFragments = counts[0],
            MaxPingsPerSecond = counts[1],
            MaxQueuedMessages = counts[2],
            IdleTimeout = times[0],
            MaxLifetime = times[1],
            PingInterval = times[2],
            PingTimeout = times[3],
            WriteTimeout = times[4],
            SlowConsumerTimeout = times[5],
            PingsKeepAlive = flag,
        };

    private static readonly Gen<Stage> Stage =
        from name in Name
        from variables in Map(Id, Text)
        from flag in Gen.Bool
        from settings in RouteSettings
        from byRoute in Map(Id, RouteSettings)
        from log in Gen.Select(Text, Text, (destination, format) => new AccessLogSettings { Destination = destination, Format = format }).Null()
        from limits in Gen.OneOf(Gen.Const(new StageLimits()), Limits)
        select new Stage { Name = name, Variables = variables, AllowBinary = flag, DefaultRouteSettings = settings, RouteSettings = byRoute, AccessLog = log, Limits = limits };

    private static readonly Gen<Route> Route =
        from key in Id
        from texts in MaybeText.Array[3]
        from flags in Gen.Bool.Array[2]
        from concurrency in Gen.OneOf(Gen.Const(RouteConcurrency.Serial), Gen.Int[1, 1024].Select(RouteConcurrency.Parallel), Gen.Const(RouteConcurrency.Parallel(16)))
        from authorization in Gen.Enum<AuthorizationType>()
        from models in Map(Id, Text)
        from parameters in Map(Id, Gen.Bool)
        select new Route
        {
            RouteKey = key,
            Target = texts[0],
            AuthorizerId = texts[1],
            ModelSelectionExpression = texts[2],
            HasRouteResponse = flags[0],
            ApiKeyRequired = flags[1],
            Concurrency = concurrency,
            AuthorizationType = authorization,
            RequestModels = models,
            RequestParameters = parameters,
        };

    private static readonly Gen<IntegrationResponse> Response =
        from key in Gen.OneOf(Gen.Const("$default"), Name.Select(name => $"/{name}\\d/"))
        from templates in Map(Gen.OneOf(Gen.Const("$default"), Id), Text)
        from expression in MaybeText
        from parameters in Map(Id, Text)
        from content in Gen.Enum<ContentHandling>()
        select new IntegrationResponse { Key = key, ResponseTemplates = templates, TemplateSelectionExpression = expression, ResponseParameters = parameters, ContentHandling = content };

    private static readonly Gen<Integration> Integration =
        from id in Id
        from type in Gen.Enum<IntegrationType>()
        from uri in Gen.OneOf(MaybeText, OneOf<string?>("http://user:password@host/", "http://host/?key=k", "http://host/{x}"))
        from texts in MaybeText.Array[3]
        from method in Text
        from timeout in Duration(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(15))
        from size in Gen.Long[1, 1L << 30]
        from parameters in Map(Id, Text)
        from templates in Map(Gen.OneOf(Gen.Const("$default"), Id), Text)
        from passthrough in Gen.Enum<PassthroughBehavior>()
        from content in Gen.Enum<ContentHandling>()
        from responses in Many(Response, one => one.Key)
        select new Integration
        {
            Id = id,
            Type = type,
            Uri = uri,
            Method = method,
            Timeout = timeout,
            MaxResponseBytes = size,
            Secret = texts[0],
            CredentialsArn = texts[1],
            RequestParameters = parameters,
            RequestTemplates = templates,
            TemplateSelectionExpression = texts[2],
            PassthroughBehavior = passthrough,
            ContentHandling = content,
            Responses = responses,
        };

    private static readonly Gen<Authorizer> Authorizer =
        from id in Id
        from type in Gen.Enum<AuthorizerType>()
        from texts in MaybeText.Array[4]
        from lists in List.Array[3]
        from timeout in Duration(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(15))
        from skew in Duration(TimeSpan.Zero, TimeSpan.FromHours(1))
        select new Authorizer
        {
            Id = id,
            Type = type,
            Uri = texts[0],
            CredentialsArn = texts[1],
            Issuer = texts[2],
            JwksUri = texts[3],
            IdentitySources = lists[0],
            Audience = lists[1],
            Scopes = lists[2],
            Timeout = timeout,
            ClockSkew = skew,
        };

    private static readonly Gen<Api> Api =
        from id in LowerId
        from name in MaybeText
        from texts in Text.Array[2]
        from flags in Gen.Bool.Array[3]
        from origins in List
        from authorizers in Many(Authorizer, one => one.Id)
        from models in Many(Gen.Select(Name, Text, (name, schema) => new Model { Name = name, Schema = schema }), one => one.Name)
        from routes in Many(Route, one => one.RouteKey)
        from integrations in Many(Integration, one => one.Id)
        from stages in Many(Stage, one => one.Name)
        select new Api
        {
            Id = ApiId.Parse(id),
            Name = name!,
            RouteSelectionExpression = texts[0],
            ApiKeySelectionExpression = texts[1],
            LenientJson = flags[0],
            DisableSchemaValidation = flags[1],
            DisableDefaultEndpoint = flags[2],
            AllowedOrigins = origins,
            Authorizers = authorizers,
            Models = models,
            Routes = routes,
            Integrations = integrations,
            Stages = stages,
        };

    private static readonly Gen<UsagePlan> UsagePlan =
        from id in Id
        from lists in List.Array[2]
        from rate in Rate
        from burst in Count.Nullable()
        from quota in Count.Select(count => (long)count).Nullable()
        from period in Gen.Enum<QuotaPeriod>()
        select new UsagePlan { Id = id, Stages = lists[0], Keys = lists[1], RateLimit = rate, BurstLimit = burst, QuotaLimit = quota, QuotaPeriod = period };

    /// <summary>Whole configurations; what a file can say and no gateway would take is among them.</summary>
    public static readonly Gen<GatewayConfiguration> Configuration =
        from apis in Many(Api, one => one.Id.ToString())
        from keys in Many(Gen.Select(Id, Text, Gen.Bool, (id, value, enabled) => new ApiKey { Id = id, Value = value, Enabled = enabled }), one => one.Id)
        from plans in Many(UsagePlan, one => one.Id)
        from account in RouteSettings
        from domains in Gen.Select(Text, Text, LowerId, Text, (host, path, api, stage) => new DomainMapping(host, path, ApiId.Parse(api), stage)).Array[0, 3]
        from defaultApi in LowerId.Select(id => ApiId.Parse(id)).Nullable()
        select new GatewayConfiguration { Apis = apis, ApiKeys = keys, UsagePlans = plans, AccountSettings = account, DefaultApi = defaultApi, Domains = [.. domains] };

    /// <summary>Everything in a record as lines of place and value, so that two records can be compared and their first difference read.</summary>
    public static List<string> Flatten(object? value) => [.. Walk("", value)];

    /// <summary>The members of the records that <paramref name="value"/> is made of and that differ from a new record's.</summary>
    public static IEnumerable<(Type Type, PropertyInfo Property)> Changed(object? value) => value switch
    {
        null or string => [],
        IEnumerable items => items.Cast<object?>().SelectMany(Changed),
        _ when IsRecord(value.GetType()) => value.GetType().GetProperties().Where(Counts).SelectMany(property =>
            Changed(property.GetValue(value)).Concat(
                property.PropertyType.IsGenericType && property.GetValue(value) is IEnumerable items ? items.Cast<object>().Take(1).Select(_ => (value.GetType(), property))
                : property.GetValue(value) is null ? [] : [(value.GetType(), property)])),
        _ => [],
    };

    /// <summary>Every record type below a configuration, with its members.</summary>
    public static IEnumerable<(Type Type, PropertyInfo Property)> Members() =>
        typeof(GatewayConfiguration).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(Api).Namespace && type.IsPublic && IsRecord(type) && type != typeof(ConfigurationError) && type != typeof(ConfigurationPath))
            .SelectMany(type => type.GetProperties().Where(Counts).Select(property => (type, property)));

    private static IEnumerable<string> Walk(string path, object? value) => value switch
    {
        null => [$"{path} is nothing"],
        string text => [$"{path} = \"{text}\""],
        IDictionary map => map.Keys.Cast<string>().Order(StringComparer.Ordinal).SelectMany(key => Walk($"{path}[{key}]", map[key])),
        IEnumerable items => items.Cast<object?>().SelectMany((item, index) => Walk($"{path}[{index}]", item)),
        _ when IsRecord(value.GetType()) => value.GetType().GetProperties().Where(Counts).SelectMany(property => Walk($"{path}.{property.Name}", property.GetValue(value))),
        IFormattable number => [$"{path} = {number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}"],
        _ => [$"{path} = {value}"],
    };

    private static bool IsRecord(Type type) => type is { IsClass: true, IsSealed: true } && type.GetMethod("<Clone>$") is not null;

    private static bool Counts(PropertyInfo property) => property.GetMethod is { IsStatic: false, IsPublic: true } && property.SetMethod is not null;

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<TimeSpan> Duration(TimeSpan min, TimeSpan max) => Gen.OneOf(
        Gen.Long[(long)min.TotalMilliseconds, (long)max.TotalMilliseconds].Select(ms => TimeSpan.FromMilliseconds(ms)), Gen.Const(min), Gen.Const(max));

    private static Gen<ImmutableSortedDictionary<string, T>> Map<T>(Gen<string> key, Gen<T> value) => Gen.Select(key, value).Array[0, 3].Select(pairs =>
        pairs.DistinctBy(pair => pair.Item1).ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal));

    private static Gen<ImmutableArray<T>> Many<T>(Gen<T> item, Func<T, string> name) =>
        item.Array[0, 3].Select(items => items.DistinctBy(name).ToImmutableArray());
}
