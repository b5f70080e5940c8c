using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>What a deployment froze: the API and everything below it, as it was. Tools do not see it; stages serve it.</summary>
internal sealed record SnapshotResource : Resource
{
    public required string DeploymentId { get; init; }

    public required ApiResource Api { get; init; }

    public ImmutableArray<RouteResource> Routes { get; init; } = [];

    /// <summary>The route responses, by route id.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<RouteResponseResource>> RouteResponses { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<RouteResponseResource>>.Empty;

    public ImmutableArray<IntegrationResource> Integrations { get; init; } = [];

    /// <summary>The integration responses, by integration id.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<IntegrationResponseResource>> IntegrationResponses { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<IntegrationResponseResource>>.Empty;

    public ImmutableArray<ModelResource> Models { get; init; } = [];

    public ImmutableArray<AuthorizerResource> Authorizers { get; init; } = [];

    /// <inheritdoc/>
    protected override string OwnId => DeploymentId;
}
