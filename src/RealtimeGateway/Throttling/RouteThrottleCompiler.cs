using RealtimeGateway.Apis;

namespace RealtimeGateway.Throttling;

/// <summary>
/// Turns throttling settings into buckets, or says everything that is wrong. Each route of a stage has a bucket of its own, with the limits of its
/// own settings or else of the stage's defaults; above them all is the one of the account
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html).
/// </summary>
internal sealed class RouteThrottleCompiler(Throttles throttles)
{
    private const string Rate = "rateLimit";
    private const string Burst = "burstLimit";

    /// <summary>The bucket of the whole gateway; null: unbounded.</summary>
    public TokenBucket? CompileAccount(RouteSettings settings, ICollection<ConfigurationError> errors)
    {
        var path = ConfigurationPath.Root["accountSettings"];
        return throttles.Find("account", RateLimit.Compile(settings.ThrottlingRateLimit, settings.ThrottlingBurstLimit, path[Rate], path[Burst], errors));
    }

    /// <summary>The buckets of one stage.</summary>
    public RouteThrottles Compile(Api api, Stage stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var stagePath = path["stages"][stage.Name];
        var routes = api.Routes.Select(static route => route.RouteKey).ToHashSet(StringComparer.Ordinal);
        foreach (var key in stage.RouteSettings.Keys.Where(key => !routes.Contains(key)))
        {
            // Connects and disconnects happen without a route, too.
            if (key is not (Route.Connect or Route.Disconnect))
            {
                errors.Add(new(stagePath["routeSettings"][key], $"There is no route '{key}'."));
            }
        }

        // Clients connect also where no route says what happens then.
        routes.Add(Route.Connect);
        var buckets = new List<KeyValuePair<string, TokenBucket>>();
        foreach (var key in routes)
        {
            if (throttles.Find($"{api.Id}/{stage.Name}/{key}", Effective(stage, key, stagePath, errors)) is { } bucket)
            {
                buckets.Add(new(key, bucket));
            }
        }

        return new RouteThrottles(buckets);
    }

    private static RateLimit? Effective(Stage stage, string key, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var defaults = stage.DefaultRouteSettings;
        var own = stage.RouteSettings.GetValueOrDefault(key);
        var defaultsPath = path["defaultRouteSettings"];
        var ownPath = path["routeSettings"][key];
        return RateLimit.Compile(
            own?.ThrottlingRateLimit ?? defaults.ThrottlingRateLimit,
            own?.ThrottlingBurstLimit ?? defaults.ThrottlingBurstLimit,
            (own?.ThrottlingRateLimit is null ? defaultsPath : ownPath)[Rate],
            (own?.ThrottlingBurstLimit is null ? defaultsPath : ownPath)[Burst],
            errors);
    }
}
