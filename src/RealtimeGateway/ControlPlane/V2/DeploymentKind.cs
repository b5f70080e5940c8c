using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Frozen copies of an API, which stages serve.</summary>
internal sealed class DeploymentKind : ApiChildKind<DeploymentResource>
{
    private static readonly Shape StageName = Shape.Text(1, 128);

    /// <inheritdoc/>
    protected override string Name => "Deployment";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.Deployments;

    /// <inheritdoc/>
    protected override string IdVariable => "deploymentId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<DeploymentResource> Json => ResourceJson.Default.DeploymentResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } = [new("description", Shape.Text(0, 1024))];

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call)
    {
        if (call.Path.ContainsKey(IdVariable))
        {
            return null;
        }

        if (!List<RouteResource>(state, call, Collections.Routes).Any())
        {
            return ControlPlaneError.BadRequest("At least one route is required before deploying the Api.");
        }

        if (call.Body["stageName"] is not { } name)
        {
            return null;
        }

        if (StageName.Check(name) is { } problem)
        {
            return ControlPlaneError.BadRequest($"stageName {problem}.");
        }

        return Stage(state, call) switch
        {
            null => ControlPlaneError.NotFound("Stage", name.GetValue<string>()),
            { AutoDeploy: true } => ControlPlaneError.BadRequest("Deployment ID cannot be set on stage because 'Auto-Deploy' is enabled."),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        draft["deploymentId"] = ResourceIds.NextId();
        draft["autoDeployed"] = false;
        draft["createdDate"] = call.Iso8601;
        // What cannot be served is refused, so there is nothing to wait for.
        draft["deploymentStatus"] = DeploymentResource.Deployed;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, DeploymentResource candidate, DeploymentResource? before) => null;

    /// <inheritdoc/>
    protected override IEnumerable<ResourceChange> Follow(
        ControlPlaneState state, ControlPlaneCall call, DeploymentResource resource, DeploymentResource? before)
    {
        if (before is not null)
        {
            yield break;
        }

        var api = state.Find<ApiResource>(Collections.Apis, call["apiId"])!;
        yield return new(
            new(Collections.Of(api.ApiId, Collections.Snapshots), resource.DeploymentId), AutoDeployment.Freeze(state, api, resource.DeploymentId));
        if (Stage(state, call) is { } stage)
        {
            yield return new(
                new(Collections.Of(api.ApiId, Collections.Stages), stage.StageName),
                stage with { DeploymentId = resource.DeploymentId, LastUpdatedDate = call.Iso8601 });
        }
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, DeploymentResource resource) =>
        List<StageResource>(state, call, Collections.Stages).Where(stage => stage.DeploymentId == resource.DeploymentId).Select(stage => stage.StageName)
            .ToArray() is { Length: > 0 } users
            ? ControlPlaneError.BadRequest($"Active stages pointing to this deployment must be moved or deleted: {string.Join(", ", users)}")
            : null;

    /// <inheritdoc/>
    protected override IEnumerable<ResourceChange> Abandon(ControlPlaneState state, ResourceKey key, DeploymentResource resource) =>
        [new(new(Collections.Of(key.Root.Id, Collections.Snapshots), resource.DeploymentId), null)];

    private static StageResource? Stage(ControlPlaneState state, ControlPlaneCall call) =>
        Find<StageResource>(state, call, Collections.Stages, call.Body["stageName"]?.GetValue<string>());
}
