using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>The JSON of resources: lowerCamel names, absent members absent. The same on the wire and in the store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiResource))]
[JsonSerializable(typeof(RouteResource))]
[JsonSerializable(typeof(RouteResponseResource))]
[JsonSerializable(typeof(IntegrationResource))]
[JsonSerializable(typeof(IntegrationResponseResource))]
[JsonSerializable(typeof(ModelResource))]
[JsonSerializable(typeof(AuthorizerResource))]
[JsonSerializable(typeof(DeploymentResource))]
[JsonSerializable(typeof(SnapshotResource))]
[JsonSerializable(typeof(StageResource))]
[JsonSerializable(typeof(DomainNameResource))]
[JsonSerializable(typeof(ApiMappingResource))]
[JsonSerializable(typeof(VpcLinkResource))]
[JsonSerializable(typeof(ApiKeyResource))]
[JsonSerializable(typeof(UsagePlanResource))]
[JsonSerializable(typeof(AccountResource))]
internal sealed partial class ResourceJson : JsonSerializerContext
{
    /// <summary>The form of the resources of a collection.</summary>
    /// <param name="collection">The whole name, of which the last part tells the kind.</param>
    /// <returns>Null when this version of the program knows no such collection.</returns>
    public static JsonTypeInfo? TypeOf(string collection) => collection[(collection.LastIndexOf('/') + 1)..] switch
    {
        Collections.Apis => Default.ApiResource,
        Collections.Routes => Default.RouteResource,
        Collections.RouteResponses => Default.RouteResponseResource,
        Collections.Integrations => Default.IntegrationResource,
        Collections.IntegrationResponses => Default.IntegrationResponseResource,
        Collections.Models => Default.ModelResource,
        Collections.Authorizers => Default.AuthorizerResource,
        Collections.Deployments => Default.DeploymentResource,
        Collections.Snapshots => Default.SnapshotResource,
        Collections.Stages => Default.StageResource,
        Collections.Domains => Default.DomainNameResource,
        Collections.ApiMappings => Default.ApiMappingResource,
        Collections.VpcLinks => Default.VpcLinkResource,
        Collections.ApiKeys => Default.ApiKeyResource,
        Collections.UsagePlans => Default.UsagePlanResource,
        Collections.Account => Default.AccountResource,
        _ => null,
    };

    /// <summary>A resource's document in the store.</summary>
    public static byte[] Write(ResourceKey key, Resource resource) => JsonSerializer.SerializeToUtf8Bytes(resource, TypeOf(key.Collection)!);
}
