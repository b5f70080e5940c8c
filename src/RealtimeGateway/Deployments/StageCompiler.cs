using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Deployments;

/// <summary>Turns one stage of an API into what a node runs, or says everything that is wrong with it. Touches nothing else.</summary>
internal sealed partial class StageCompiler(
    IntegrationCompiler integrations, AdmissionCompiler admissions, RouteThrottleCompiler throttles, GatewayAccess access, AccessLogs accessLogs,
    ILoggerFactory loggers)
{
    /// <summary>Compiles a stage.</summary>
    /// <param name="api">The API.</param>
    /// <param name="stage">One of its stages.</param>
    /// <param name="keys">The API keys that may use the stage; null: there are none.</param>
    /// <param name="account">The rate of the whole gateway; null: unbounded.</param>
    /// <param name="path">Where the API was written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public CompiledStage? Compile(
        Api api, Stage stage, StageApiKeys? keys, TokenBucket? account, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        var stagePath = path["stages"][stage.Name];
        if (!StageName().IsMatch(stage.Name))
        {
            errors.Add(new(stagePath, $"'{stage.Name}' is no stage name: use 1 to 128 letters, digits, '-' and '_'."));
        }

        foreach (var (name, message) in LimitRules.Check(stage.Limits))
        {
            errors.Add(new(stagePath["limits"][name], message));
        }

        StageVariableRules.Check(stage.Variables, stagePath["variables"], errors);
        if (!SelectionExpression.TryParse(api.RouteSelectionExpression, SelectionScope.Route, out var selection, out var error, api.LenientJson))
        {
            errors.Add(new(path["routeSelectionExpression"], error));
        }

        var identity = new StageIdentity(api.Id, stage.Name, stage.Variables, access.AccountId, access.Region);
        var limits = throttles.Compile(api, stage, path, errors);
        var routes = CompileRoutes(api, stage, identity, limits, path, errors);
        CheckOrigins(api, path, errors);
        var admission = admissions.Compile(api, identity, keys, limits.Of(Route.Connect), account, path, errors);
        var accessLog = stage.AccessLog is { } settings ? accessLogs.Compile(settings, stagePath["accessLog"], errors) : null;
        return errors.Count > before || selection is null
            ? null
            : new CompiledStage
            {
                Identity = identity,
                Routes = new RouteTable(selection, routes),
                Limits = stage.Limits,
                AllowBinary = stage.AllowBinary,
                IsDefaultEndpointDisabled = api.DisableDefaultEndpoint,
                AllowedOrigins = api.AllowedOrigins.ToFrozenSet(StringComparer.Ordinal),
                Admission = admission,
                AccountThrottle = account,
                ExecutionLog = ExecutionLogOf(stage, identity, null),
                AccessLog = accessLog,
                Tags = TagsOf(identity, null),
                CallTags = TagsOf(identity, stage.DefaultRouteSettings.DetailedMetricsEnabled ? ConnectionCalls.RouteKeyOfPost : null),
            };
    }

    private static MetricTags TagsOf(StageIdentity identity, string? routeKey) => new(identity.ApiId.ToString(), identity.Name, routeKey);

    private ImmutableArray<CompiledRoute> CompileRoutes(
        Api api, Stage stage, StageIdentity identity, RouteThrottles limits, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var models = ModelRules.CompileModels(api, path, errors);
        var backends = CompileIntegrations(api, identity, path, errors);
        var compiled = ImmutableArray.CreateBuilder<CompiledRoute>(api.Routes.Length);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in api.Routes)
        {
            var routePath = path["routes"][route.RouteKey];
            if (RouteKeyRules.Check(route.RouteKey) is { } problem)
            {
                errors.Add(new(routePath, $"{char.ToUpperInvariant(problem[0])}{problem[1..]}."));
            }
            else if (!keys.Add(route.RouteKey))
            {
                errors.Add(new(routePath, $"There are two routes '{route.RouteKey}'; keep one."));
            }

            IIntegration? backend = null;
            if (route.Target is { } target && !backends.TryGetValue((target, KindOf(route)), out backend))
            {
                errors.Add(new(routePath["target"], $"There is no integration '{target}'; {Known(api.Integrations.Select(known => known.Id))}."));
            }

            compiled.Add(new CompiledRoute
            {
                Key = route.RouteKey,
                Integration = backend,
                IntegrationType = backend is null ? null : api.Integrations.First(known => known.Id == route.Target).Type,
                Models = ModelRules.CompileRoute(api, route, models, routePath, errors),
                IsTwoWay = route.HasRouteResponse,
                Concurrency = route.Concurrency.Bound == 0 ? RouteConcurrency.Parallel(RouteConcurrency.DefaultBound) : route.Concurrency,
                Throttle = limits.Of(route.RouteKey),
                ExecutionLog = ExecutionLogOf(stage, identity, route.RouteKey),
                Tags = TagsOf(identity, IsMeasuredByItself(stage, route.RouteKey) ? route.RouteKey : null),
            });
        }

        return compiled.MoveToImmutable();
    }

    /// <summary>Compiles each integration once for every kind of route that names it, or once for none.</summary>
    private Dictionary<(string Id, MappingRoute Kind), IIntegration?> CompileIntegrations(
        Api api, StageIdentity identity, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var compiled = new Dictionary<(string, MappingRoute), IIntegration?>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var integration in api.Integrations)
        {
            var integrationPath = path["integrations"][integration.Id];
            if (!ids.Add(integration.Id))
            {
                errors.Add(new(integrationPath, $"There are two integrations '{integration.Id}'; keep one."));
                continue;
            }

            var kinds = api.Routes.Where(route => route.Target == integration.Id).Select(KindOf).Distinct().DefaultIfEmpty(MappingRoute.Message);
            foreach (var kind in kinds)
            {
                compiled[(integration.Id, kind)] = integrations.Compile(integration, kind, identity, integrationPath, errors);
            }
        }

        return compiled;
    }

    private static bool IsMeasuredByItself(Stage stage, string routeKey) =>
        stage.DefaultRouteSettings.DetailedMetricsEnabled
        || (stage.RouteSettings.TryGetValue(routeKey, out var settings) && settings.DetailedMetricsEnabled);

    private ExecutionLog? ExecutionLogOf(Stage stage, StageIdentity identity, string? routeKey)
    {
        // A route's own level counts when it says one; its payload setting goes with it.
        var settings = routeKey is not null && stage.RouteSettings.TryGetValue(routeKey, out var own) && own.LoggingLevel != LoggingLevel.Off
            ? own
            : stage.DefaultRouteSettings;
        return settings.LoggingLevel == LoggingLevel.Off
            ? null
            : new ExecutionLog(
                loggers.CreateLogger(ExecutionLog.Category), $"/aws/apigateway/{identity.ApiId}/{identity.Name}", settings.LoggingLevel, settings.DataTraceEnabled);
    }

    private static MappingRoute KindOf(Route route) => route.RouteKey switch
    {
        Route.Connect => MappingRoute.Connect,
        Route.Disconnect => MappingRoute.Disconnect,
        _ => MappingRoute.Message,
    };

    private static void CheckOrigins(Api api, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        for (var i = 0; i < api.AllowedOrigins.Length; i++)
        {
            var origin = api.AllowedOrigins[i];
            // The text that browsers send, RFC 6454 §6.2: nothing but scheme, host and, unless it is the scheme's own, port.
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin || uri.UserInfo.Length > 0)
            {
                errors.Add(new(path["allowedOrigins"][i], $"'{origin}' is no origin; write scheme, host and port only, for example https://chat.example."));
            }
        }
    }

    private static string Known(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? $"the API has {list}" : "the API has none";

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();
}
