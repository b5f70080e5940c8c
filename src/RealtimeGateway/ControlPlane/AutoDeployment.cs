using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Projection;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane;

/// <summary>
/// Moves the stages that deploy by themselves to what has just changed
/// (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html, <c>autoDeploy</c>). A change that cannot be served leaves
/// the stage where it is and is told in its <c>lastDeploymentStatusMessage</c>.
/// </summary>
internal sealed class AutoDeployment(TimeProvider time)
{
    private static readonly ImmutableArray<string> NotDraft = [Collections.Stages, Collections.Deployments, Collections.Snapshots];

    /// <summary>Adds to the changes of one operation what follows from them.</summary>
    /// <param name="before">The state before.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="check">Says why a stage cannot be served; null when it can.</param>
    public ImmutableArray<ResourceChange> Extend(ControlPlaneState before, ImmutableArray<ResourceChange> changes, Func<Api, string?> check)
    {
        var after = before.With(changes);
        foreach (var apiId in changes.Select(change => change.Key.Root).Where(root => root.Collection == Collections.Apis).Select(root => root.Id).Distinct())
        {
            if (after.Find<ApiResource>(Collections.Apis, apiId) is null)
            {
                continue;
            }

            var isDraftChanged = changes.Any(change => change.Key.Root.Id == apiId && IsDraft(change.Key));
            foreach (var stage in after.List<StageResource>(Collections.Of(apiId, Collections.Stages)).Where(stage => stage.AutoDeploy == true))
            {
                var wasOn = before.Find<StageResource>(Collections.Of(apiId, Collections.Stages), stage.StageName)?.AutoDeploy == true;
                if (isDraftChanged || !wasOn)
                {
                    var deployed = Deploy(after, apiId, stage, check);
                    changes = changes.AddRange(deployed);
                    after = after.With(deployed);
                }
            }
        }

        // Only the last word on each resource is stored.
        return [.. changes.Reverse().DistinctBy(change => change.Key).Reverse()];
    }

    /// <summary>What a deployment of the API's draft freezes.</summary>
    public static SnapshotResource Freeze(ControlPlaneState state, ApiResource api, string deploymentId)
    {
        var routes = state.List<RouteResource>(Collections.Of(api.ApiId, Collections.Routes)).ToImmutableArray();
        var integrations = state.List<IntegrationResource>(Collections.Of(api.ApiId, Collections.Integrations)).ToImmutableArray();
        return new()
        {
            DeploymentId = deploymentId,
            Api = api,
            Routes = routes,
            RouteResponses = Below<RouteResponseResource>(state, api, Collections.Routes, routes, Collections.RouteResponses),
            Integrations = integrations,
            IntegrationResponses =
                Below<IntegrationResponseResource>(state, api, Collections.Integrations, integrations, Collections.IntegrationResponses),
            Models = [.. state.List<ModelResource>(Collections.Of(api.ApiId, Collections.Models))],
            Authorizers = [.. state.List<AuthorizerResource>(Collections.Of(api.ApiId, Collections.Authorizers))],
        };
    }

    private ImmutableArray<ResourceChange> Deploy(ControlPlaneState state, string apiId, StageResource stage, Func<Api, string?> check)
    {
        var id = ResourceIds.NextId();
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var snapshot = Freeze(state, state.Find<ApiResource>(Collections.Apis, apiId)!, id);
        var stageKey = new ResourceKey(Collections.Of(apiId, Collections.Stages), stage.StageName);
        var moved = stage with { DeploymentId = id, LastUpdatedDate = now, LastDeploymentStatusMessage = $"Successfully deployed stage with deployment ID '{id}'" };
        if (snapshot.Routes.IsEmpty || check(ApiProjection.Of(snapshot, moved)) is not { } problem)
        {
            return snapshot.Routes.IsEmpty
                ? []
                : [new(stageKey, moved), .. Add(apiId, id, now, snapshot), .. Replaced(state, apiId, stage)];
        }

        return [new(stageKey, stage with { LastDeploymentStatusMessage = $"Deployment attempt failed: {problem}" })];
    }

    private static ImmutableArray<ResourceChange> Add(string apiId, string id, string now, SnapshotResource snapshot) =>
    [
        new(new(Collections.Of(apiId, Collections.Deployments), id), new DeploymentResource
        {
            DeploymentId = id,
            AutoDeployed = true,
            CreatedDate = now,
            DeploymentStatus = DeploymentResource.Deployed,
            Description = "Automatic deployment triggered by changes to the Api configuration",
        }),
        new(new(Collections.Of(apiId, Collections.Snapshots), id), snapshot),
    ];

    /// <summary>Nobody asked for the deployment that a stage made by itself, so it goes when no stage shows it any more; else each change would leave one.</summary>
    private static IEnumerable<ResourceChange> Replaced(ControlPlaneState state, string apiId, StageResource stage)
    {
        var deployments = Collections.Of(apiId, Collections.Deployments);
        if (state.Find<DeploymentResource>(deployments, stage.DeploymentId) is not { AutoDeployed: true } old
            || state.List<StageResource>(Collections.Of(apiId, Collections.Stages)).Any(other => other != stage && other.DeploymentId == old.DeploymentId))
        {
            return [];
        }

        return [new(new(deployments, old.DeploymentId), null), new(new(Collections.Of(apiId, Collections.Snapshots), old.DeploymentId), null)];
    }

    private static bool IsDraft(ResourceKey key)
    {
        var parts = key.ToString().Split('/');
        return parts.Length == 2 || !NotDraft.Contains(parts[2]);
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<T>> Below<T>(
        ControlPlaneState state, ApiResource api, string parents, IEnumerable<Resource> resources, string children)
        where T : Resource =>
        resources.Select(parent => KeyValuePair.Create(
                parent.Id, state.List<T>(new ResourceKey(Collections.Of(api.ApiId, parents), parent.Id).Child(children)).ToImmutableArray()))
            .Where(pair => !pair.Value.IsEmpty)
            .ToImmutableSortedDictionary();
}
