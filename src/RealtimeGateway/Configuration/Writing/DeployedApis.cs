using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Configuration.Writing;

/// <summary>
/// What tools have deployed as a file can say it: an API once, with all its stages. Stages that show different deployments of one API become APIs of
/// their own, <c>{api}-{stage}</c>, but for the first.
/// </summary>
internal static class DeployedApis
{
    /// <summary>The configuration with what tools have deployed among its APIs.</summary>
    public static GatewayConfiguration Fold(GatewayConfiguration configuration)
    {
        if (configuration.Deployed.IsEmpty)
        {
            return configuration;
        }

        var apis = configuration.Apis.ToBuilder();
        var moved = new Dictionary<(ApiId Api, string Stage), ApiId>();
        foreach (var group in configuration.Deployed.GroupBy(api => api.Id))
        {
            foreach (var (index, same) in group.GroupBy(Form, StringComparer.Ordinal).Index())
            {
                var merged = same.First() with { Stages = [.. same.SelectMany(api => api.Stages)] };
                if (index > 0)
                {
                    merged = merged with { Id = Free(group.Key, merged.Stages[0].Name, apis), Name = merged.Name };
                    foreach (var stage in merged.Stages)
                    {
                        moved[(group.Key, stage.Name)] = merged.Id;
                    }
                }

                apis.Add(merged);
            }
        }

        return configuration with
        {
            Apis = apis.ToImmutable(),
            Deployed = [],
            Domains = [.. configuration.Domains.Select(domain => moved.TryGetValue((domain.ApiId, domain.Stage), out var id) ? domain with { ApiId = id } : domain)],
            UsagePlans = [.. configuration.UsagePlans.Select(plan => plan with { Stages = [.. plan.Stages.Select(stage => Moved(stage, moved))] })],
        };
    }

    /// <summary>Everything about an API but its stages.</summary>
    private static string Form(Api api) => GatewayFileWriter.Write(GatewayConfiguration.Empty with { Apis = [api with { Stages = [] }] }, withSecrets: true);

    private static ApiId Free(ApiId api, string stage, ImmutableArray<Api>.Builder taken)
    {
        var suffix = string.Concat(stage.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')).Trim('-');
        var name = $"{api}-{suffix}"[..Math.Min(60, api.ToString().Length + 1 + suffix.Length)].TrimEnd('-');
        var free = ApiId.Parse(name);
        for (var i = 2; taken.Any(other => other.Id == free); i++)
        {
            free = ApiId.Parse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}-{i}"));
        }

        return free;
    }

    private static string Moved(string stage, Dictionary<(ApiId Api, string Stage), ApiId> moved) =>
        stage.Split('/', 2) is [var api, var name] && ApiId.TryParse(api, null, out var id) && moved.TryGetValue((id, name), out var other) ? $"{other}/{name}" : stage;
}
