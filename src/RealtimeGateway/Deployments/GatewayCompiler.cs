using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Deployments;

/// <summary>Turns a whole configuration into what a node runs.</summary>
internal sealed class GatewayCompiler(StageCompiler stages)
{
    private readonly ConditionalWeakTable<Stage, Known> _compiled = [];

    /// <summary>Compiles a configuration; <paramref name="served"/> is null when there are errors, and then all of them are returned.</summary>
    public ImmutableArray<ConfigurationError> Compile(GatewayConfiguration configuration, out CompiledStage[]? served)
    {
        var errors = new List<ConfigurationError>();
        var compiled = new List<CompiledStage>();
        var ids = new HashSet<ApiId>();
        var root = ConfigurationPath.Root["apis"];
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
                else if (Compile(api, stage, path, errors) is { } ready)
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
                if (Compile(api, stage, root[api.Id.ToString()], errors) is { } ready)
                {
                    compiled.Add(ready);
                }
            }
        }

        if (configuration.DefaultApi is { } defaultApi && !ids.Contains(defaultApi))
        {
            errors.Add(new(ConfigurationPath.Root["defaultApi"], $"There is no API '{defaultApi}'."));
        }

        // A mistake in an API is found once for each of its stages.
        ImmutableArray<ConfigurationError> distinct = [.. errors.Distinct()];
        served = distinct.IsEmpty ? [.. compiled] : null;
        return distinct;
    }

    /// <summary>A stage whose records are the same objects as when it was last compiled is not compiled again: a change costs what changed.</summary>
    private CompiledStage? Compile(Api api, Stage stage, ConfigurationPath path, List<ConfigurationError> errors)
    {
        if (_compiled.TryGetValue(stage, out var known) && ReferenceEquals(known.Api, api))
        {
            return known.Stage;
        }

        if (stages.Compile(api, stage, path, errors) is not { } ready)
        {
            return null;
        }

        _compiled.AddOrUpdate(stage, new(api, ready));
        return ready;
    }

    private sealed record Known(Api Api, CompiledStage Stage);
}
