using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane.Projection;

/// <summary>
/// What tools made, as traffic is to see it: each stage shows the API as its deployment froze it. Stages that did not change are the same records as in the
/// projection before, so that they are not compiled again.
/// </summary>
internal sealed class StageProjection
{
    private readonly ImmutableDictionary<ResourceKey, ProjectedStage> _stages;

    private readonly AccessProjection _access;

    private StageProjection(ImmutableDictionary<ResourceKey, ProjectedStage> stages, AccessProjection access, GatewayConfiguration configuration) =>
        (_stages, _access, Configuration) = (stages, access, configuration);

    /// <summary>Of nothing.</summary>
    public static StageProjection Empty { get; } = new(ImmutableDictionary<ResourceKey, ProjectedStage>.Empty, AccessProjection.Empty, GatewayConfiguration.Empty);

    /// <summary>All that is served. An API with several stages is there once for each, since they may show different deployments.</summary>
    public GatewayConfiguration Configuration { get; }

    /// <summary>The stages that cannot be served, and why.</summary>
    public IEnumerable<(ResourceKey Stage, string Problem)> Problems =>
        from stage in _stages where stage.Value.Problem is not null select (stage.Key, stage.Value.Problem);

    /// <summary>The projection of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">The projection before.</param>
    /// <param name="check">Says what is wrong with a stage that is not in the projection before; null when nothing is.</param>
    public static StageProjection Of(ControlPlaneState state, StageProjection before, Func<Api, string?> check)
    {
        var stages = ImmutableDictionary.CreateBuilder<ResourceKey, ProjectedStage>();
        foreach (var api in state.List<ApiResource>(Collections.Apis).Where(api => !state.IsAuthored(Collections.Api(api.ApiId))))
        {
            var collection = Collections.Of(api.ApiId, Collections.Stages);
            foreach (var stage in state.List<StageResource>(collection))
            {
                var snapshot = state.Find<SnapshotResource>(Collections.Of(api.ApiId, Collections.Snapshots), stage.DeploymentId);
                var key = new ResourceKey(collection, stage.StageName);
                if (snapshot is null)
                {
                    continue;
                }

                var known = before._stages.GetValueOrDefault(key);
                stages[key] = ReferenceEquals(known?.Snapshot, snapshot) && ReferenceEquals(known.Stage, stage)
                    ? known
                    : Project(snapshot, stage, check);
            }
        }

        var projected = stages.ToImmutable();
        ImmutableArray<Api> served =
            [.. projected.Where(stage => stage.Value.Problem is null).OrderBy(stage => stage.Key.ToString(), StringComparer.Ordinal).Select(stage => stage.Value.Api)];
        var domains = Domains(state, projected);
        var access = AccessProjection.Of(state, before._access);

        // Most changes are to drafts, which nobody serves.
        var isSame = served.Length == before.Configuration.Apis.Length
            && served.Zip(before.Configuration.Apis).All(pair => ReferenceEquals(pair.First, pair.Second))
            && domains.SequenceEqual(before.Configuration.Domains)
            && ReferenceEquals(access, before._access);
        return new(
            projected, access, isSame ? before.Configuration : new() { Apis = served, Domains = domains, ApiKeys = access.Keys, UsagePlans = access.Plans });
    }

    private static ProjectedStage Project(SnapshotResource snapshot, StageResource stage, Func<Api, string?> check)
    {
        var api = ApiProjection.Of(snapshot, stage);
        return new(snapshot, stage, api, check(api));
    }

    private static ImmutableArray<DomainMapping> Domains(ControlPlaneState state, ImmutableDictionary<ResourceKey, ProjectedStage> stages) =>
    [
        .. from domain in state.List<DomainNameResource>(Collections.Domains)
           from mapping in state.List<ApiMappingResource>(Collections.Domain(domain.DomainName).Child(Collections.ApiMappings))
           where IsServed(state, stages, mapping)
           select new DomainMapping(domain.DomainName, mapping.ApiMappingKey ?? "", ApiId.Parse(mapping.ApiId), mapping.Stage),
    ];

    private static bool IsServed(ControlPlaneState state, ImmutableDictionary<ResourceKey, ProjectedStage> stages, ApiMappingResource mapping) =>
        state.IsAuthored(Collections.Api(mapping.ApiId))
        || stages.GetValueOrDefault(new(Collections.Of(mapping.ApiId, Collections.Stages), mapping.Stage)) is { Problem: null };
}
