using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Ways to private networks: kept, since integrations name them; the gateway calls an integration's URI as it is.</summary>
internal sealed class VpcLinkKind : ResourceKind<VpcLinkResource>
{
    /// <inheritdoc/>
    protected override string Name => "VpcLink";

    /// <inheritdoc/>
    protected override string CollectionPath => "/v2/vpclinks";

    /// <inheritdoc/>
    protected override string IdVariable => "vpcLinkId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<VpcLinkResource> Json => ResourceJson.Default.VpcLinkResource;

    /// <inheritdoc/>
    protected override int DeletedStatus => StatusCodes.Status202Accepted;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("name", Shape.Text(1, 128), IsRequired: true),
        new("subnetIds", Shape.List(Shape.Text(1, 64), 64), IsRequired: true),
        new("securityGroupIds", Shape.List(Shape.Text(1, 64), 64)),
        new("tags", Tags.Shape),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        collection = Collections.VpcLinks;
        return null;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call) =>
        call.Path.ContainsKey(IdVariable) && (call.Body["subnetIds"] ?? call.Body["securityGroupIds"]) is not null
            ? ControlPlaneError.BadRequest("Only the name of a VPC link can be changed.")
            : null;

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        draft["vpcLinkId"] = ResourceIds.NextId();
        draft["createdDate"] = call.Iso8601;
        draft["vpcLinkStatus"] = "AVAILABLE";
        draft["vpcLinkVersion"] = "V2";
        draft.TryAdd("securityGroupIds", new JsonArray());
        draft.TryAdd("tags", new JsonObject());
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, VpcLinkResource candidate, VpcLinkResource? before) => null;

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, VpcLinkResource resource) =>
        state.List<ApiResource>(Collections.Apis)
            .SelectMany(api => state.List<IntegrationResource>(Collections.Of(api.ApiId, Collections.Integrations)))
            .Any(integration => integration.ConnectionId == resource.VpcLinkId)
            ? ControlPlaneError.Conflict($"Cannot delete VPC link '{resource.VpcLinkId}': an integration uses it.")
            : null;
}
