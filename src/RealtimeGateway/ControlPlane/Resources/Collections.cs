namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>The names of the collections.</summary>
internal static class Collections
{
    public const string Apis = "apis";
    public const string Domains = "domainnames";
    public const string VpcLinks = "vpclinks";
    public const string ApiKeys = "apikeys";
    public const string UsagePlans = "usageplans";
    public const string Account = "account";
    public const string Routes = "routes";
    public const string RouteResponses = "routeresponses";
    public const string Integrations = "integrations";
    public const string IntegrationResponses = "integrationresponses";
    public const string Models = "models";
    public const string Authorizers = "authorizers";
    public const string Deployments = "deployments";
    public const string Snapshots = "snapshots";
    public const string Stages = "stages";
    public const string ApiMappings = "apimappings";

    /// <summary>The key of an API.</summary>
    public static ResourceKey Api(string apiId) => new(Apis, apiId);

    /// <summary>The key of a domain name.</summary>
    public static ResourceKey Domain(string name) => new(Domains, name);

    /// <summary>A collection of an API.</summary>
    public static string Of(string apiId, string name) => $"{Apis}/{apiId}/{name}";
}
