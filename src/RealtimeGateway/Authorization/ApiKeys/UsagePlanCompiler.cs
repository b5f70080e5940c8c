using RealtimeGateway.Apis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Authorization.ApiKeys;

/// <summary>Turns API keys and usage plans into what each stage asks, or says everything that is wrong with them.</summary>
internal sealed class UsagePlanCompiler(TimeProvider time, FleetLimits? fleet = null)
{
    private const int MinValueLength = 20;
    private const int MaxValueLength = 128;

    /// <summary>What keys have used of plans, by plan and key. It goes on through changes of both.</summary>
    private readonly SharedWhileUsed<(string Plan, string Key), KeyUsage> _usage = new();

    /// <summary>What a key has used of a plan; null when nothing that is served knows the two.</summary>
    public KeyUsage? FindUsage(string plan, string key) => _usage.Find((plan, key));

    /// <summary>Compiles the keys of each stage that a plan is for, by <c>{api}/{stage}</c>.</summary>
    public Dictionary<string, StageApiKeys> Compile(GatewayConfiguration configuration, ICollection<ConfigurationError> errors)
    {
        var keys = ReadKeys(configuration, errors);
        var stages = configuration.Apis.Concat(configuration.Deployed).SelectMany(static api => api.Stages.Select(stage => $"{api.Id}/{stage.Name}")).ToHashSet(StringComparer.Ordinal);
        var grants = new Dictionary<string, Dictionary<string, ApiKeyGrant>>(StringComparer.Ordinal);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var plan in configuration.UsagePlans)
        {
            var path = ConfigurationPath.Root["usagePlans"][plan.Id];
            if (!ids.Add(plan.Id))
            {
                errors.Add(new(path, $"There are two usage plans '{plan.Id}'; keep one."));
                continue;
            }

            var limits = ReadLimits(plan, path, errors);
            var members = ReadMembers(plan, keys, path, errors);
            for (var i = 0; i < plan.Stages.Length; i++)
            {
                var stage = plan.Stages[i];
                if (!stages.Contains(stage))
                {
                    errors.Add(new(path["stages"][i], $"There is no stage '{stage}'; write {{api}}/{{stage}}, for example chat/prod."));
                    continue;
                }

                Add(plan, stage, limits, members, grants, path, errors);
            }
        }

        return grants.ToDictionary(static stage => stage.Key, static stage => new StageApiKeys(stage.Value), StringComparer.Ordinal);
    }

    private static Dictionary<string, ApiKey> ReadKeys(GatewayConfiguration configuration, ICollection<ConfigurationError> errors)
    {
        var keys = new Dictionary<string, ApiKey>(StringComparer.Ordinal);
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in configuration.ApiKeys)
        {
            var path = ConfigurationPath.Root["apiKeys"][key.Id];
            if (!keys.TryAdd(key.Id, key))
            {
                errors.Add(new(path, $"There are two API keys '{key.Id}'; keep one."));
            }
            else if (key.Value.Length is < MinValueLength or > MaxValueLength)
            {
                errors.Add(new(path["value"], $"The value of an API key has {MinValueLength} to {MaxValueLength} characters, this one has {key.Value.Length}."));
            }
            else if (!values.Add(key.Value))
            {
                errors.Add(new(path["value"], "Another API key has the same value; a client could not be told from another."));
            }
        }

        return keys;
    }

    private static KeyLimits ReadLimits(UsagePlan plan, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (plan.QuotaLimit is < 0 or > QuotaCounter.MaxLimit)
        {
            errors.Add(new(path["quotaLimit"], $"A quota is a number of connects, from 0 to {QuotaCounter.MaxLimit}."));
        }

        return new KeyLimits(
            RateLimit.Compile(plan.RateLimit, plan.BurstLimit, path["rateLimit"], path["burstLimit"], errors),
            plan.QuotaLimit,
            plan.QuotaPeriod);
    }

    private static List<ApiKey> ReadMembers(
        UsagePlan plan, Dictionary<string, ApiKey> keys, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var members = new List<ApiKey>(plan.Keys.Length);
        for (var i = 0; i < plan.Keys.Length; i++)
        {
            if (!keys.TryGetValue(plan.Keys[i], out var key))
            {
                errors.Add(new(path["keys"][i], $"There is no API key '{plan.Keys[i]}'."));
            }
            else if (!members.Contains(key))
            {
                members.Add(key);
            }
        }

        return members;
    }

    private void Add(
        UsagePlan plan,
        string stage,
        KeyLimits limits,
        List<ApiKey> members,
        Dictionary<string, Dictionary<string, ApiKeyGrant>> grants,
        ConfigurationPath path,
        ICollection<ConfigurationError> errors)
    {
        if (!grants.TryGetValue(stage, out var served))
        {
            grants.Add(stage, served = new Dictionary<string, ApiKeyGrant>(StringComparer.Ordinal));
        }

        foreach (var key in members)
        {
            var grant = new ApiKeyGrant(key.Id, limits, _usage.Get((plan.Id, key.Id), MakeUsage));
            if (key.Enabled && !served.TryAdd(key.Value, grant))
            {
                errors.Add(new(path["stages"], $"The API key '{key.Id}' may use '{stage}' by two usage plans; it would not be known by which it is counted."));
            }
        }
    }

    private KeyUsage MakeUsage((string Plan, string Key) of)
    {
        var name = $"{of.Plan}/{of.Key}";
        var usage = new KeyUsage(time, fleet, name);
        fleet?.Add(usage);
        return usage;
    }
}
