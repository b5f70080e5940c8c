using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Deployments;

/// <summary>Turns a whole configuration into what a node runs.</summary>
internal sealed class GatewayCompiler(StageCompiler stages, UsagePlanCompiler usagePlans, RouteThrottleCompiler throttles)
{
    private readonly ConditionalWeakTable<Stage, Known> _compiled = [];

    /// <summary>Compiles a configuration; <paramref name="served"/> is null when there are errors, and then all of them are returned.</summary>
    public ImmutableArray<ConfigurationError> Compile(GatewayConfiguration configuration, out CompiledStage[]? served)
    {
        var errors = new List<ConfigurationError>();
        var compiled = new List<CompiledStage>();
        var ids = new HashSet<ApiId>();
        var root = ConfigurationPath.Root["apis"];
        var keys = usagePlans.Compile(configuration, errors);
        var account = throttles.CompileAccount(configuration.AccountSettings, errors);
        foreach (var api in configuration.Apis)
        {
            var path = root[api.Id.ToString()];
            if (!ids.Add(api.Id))
            {
                errors.Add(new(path, $"There are two APIs '{api.Id}'; keep one."));
                continue;
            }

            if (api.Stages.IsEmpty)
            {
                errors.Add(new(path["stages"], "The API has no stage, so nothing would be served; write for example 'stages: { prod: {} }'."));
            }

            foreach (var stage in api.Stages)
            {
                if (compiled.Exists(other => other.Identity.ApiId == api.Id && other.Identity.Name == stage.Name))
                {
                    errors.Add(new(path["stages"][stage.Name], $"There are two stages '{stage.Name}'; keep one."));
                }
                else if (Compile(api, stage, keys, account, path, errors) is { } ready)
                {
                    compiled.Add(ready);
                }
            }
        }

        foreach (var api in configuration.Deployed)
        {
            ids.Add(api.Id);
            foreach (var stage in api.Stages)
            {
                if (Compile(api, stage, keys, account, root[api.Id.ToString()], errors) is { } ready)
                {
                    compiled.Add(ready);
                }
            }
        }

        if (configuration.DefaultApi is { } defaultApi && !ids.Contains(defaultApi))
        {
            errors.Add(new(ConfigurationPath.Root["defaultApi"], $"There is no API '{defaultApi}'."));
        }

        DomainRules.Check(configuration, errors);

        // A mistake in an API is found once for each of its stages.
        ImmutableArray<ConfigurationError> distinct = [.. errors.Distinct()];
        served = distinct.IsEmpty ? [.. compiled] : null;
        return distinct;
    }

    /// <summary>A stage that is made of the same objects as when it was last compiled is not compiled again: a change costs what changed.</summary>
    private CompiledStage? Compile(
        Api api,
        Stage stage,
        Dictionary<string, StageApiKeys> keysOfStages,
        TokenBucket? account,
        ConfigurationPath path,
        List<ConfigurationError> errors)
    {
        var keys = keysOfStages.GetValueOrDefault($"{api.Id}/{stage.Name}");
        if (_compiled.TryGetValue(stage, out var known)
            && ReferenceEquals(known.Api, api)
            && ReferenceEquals(known.Account, account)
            && (keys is null ? known.Keys is null : keys.IsSameAs(known.Keys)))
        {
            return known.Stage;
        }

        if (stages.Compile(api, stage, keys, account, path, errors) is not { } ready)
        {
            return null;
        }

        _compiled.AddOrUpdate(stage, new(api, keys, account, ready));
        return ready;
    }

    private sealed record Known(Api Api, StageApiKeys? Keys, TokenBucket? Account, CompiledStage Stage);
}
