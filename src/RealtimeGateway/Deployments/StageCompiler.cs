using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using RealtimeGateway.Apis;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Deployments;

/// <summary>Turns one stage of an API into what a node runs, or says everything that is wrong with it. Touches nothing else.</summary>
internal sealed partial class StageCompiler(IntegrationCompiler integrations)
{
    private const string DefaultAccountId = "000000000000";
    private const string DefaultRegion = "us-east-1";

    /// <summary>Compiles a stage.</summary>
    /// <param name="api">The API.</param>
    /// <param name="stage">One of its stages.</param>
    /// <param name="path">Where the API was written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public CompiledStage? Compile(Api api, Stage stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
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

        if (!SelectionExpression.TryParse(api.RouteSelectionExpression, SelectionScope.Route, out var selection, out var error, api.LenientJson))
        {
            errors.Add(new(path["routeSelectionExpression"], error));
        }

        var identity = new StageIdentity(api.Id, stage.Name, stage.Variables, DefaultAccountId, DefaultRegion);
        var routes = CompileRoutes(api, identity, path, errors);
        CheckOrigins(api, path, errors);
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
            };
    }

    private ImmutableArray<CompiledRoute> CompileRoutes(
        Api api, StageIdentity identity, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
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
                IsTwoWay = route.HasRouteResponse,
                Concurrency = route.Concurrency.Bound == 0 ? RouteConcurrency.Parallel(RouteConcurrency.DefaultBound) : route.Concurrency,
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

    [GeneratedRegex("^[A-Za-z0-9_-]{1,128}$", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();
}
