using RealtimeGateway.Apis;

namespace RealtimeGateway.Deployments;

/// <summary>What a custom domain must be.</summary>
internal static class DomainRules
{
    /// <summary>Says everything that is wrong with the domains of a configuration.</summary>
    public static void Check(GatewayConfiguration configuration, ICollection<ConfigurationError> errors)
    {
        var apis = configuration.Apis.Concat(configuration.Deployed);
        var stages = apis.SelectMany(api => api.Stages.Select(stage => (api.Id, stage.Name))).ToHashSet();
        var seen = new HashSet<(string Host, string Path)>();
        for (var i = 0; i < configuration.Domains.Length; i++)
        {
            var domain = configuration.Domains[i];
            var path = ConfigurationPath.Root["domains"][i];
            var host = domain.Host.StartsWith("*.", StringComparison.Ordinal) ? domain.Host[2..] : domain.Host;
            if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            {
                errors.Add(new(path["host"], $"'{domain.Host}' is no host; write a name such as ws.example.com or *.example.com, without scheme and port."));
            }

            if (!stages.Contains((domain.ApiId, domain.Stage)))
            {
                errors.Add(new(path["stage"], $"There is no stage '{domain.Stage}' of an API '{domain.ApiId}'."));
            }

            if (!seen.Add((domain.Host.ToUpperInvariant(), domain.BasePath.Trim('/'))))
            {
                errors.Add(new(path, $"'{domain.Host}' with the path '{domain.BasePath}' is there twice; keep one."));
            }
        }
    }
}
