using System.Collections.Frozen;
using RealtimeGateway.Apis;
using RealtimeGateway.Events;

namespace RealtimeGateway.Deployments;

/// <summary>A stage ready to serve: immutable, shared by all its connections.</summary>
internal sealed class CompiledStage
{
    /// <summary>Which stage of which API.</summary>
    public required StageIdentity Identity { get; init; }

    /// <summary>Its routes.</summary>
    public required RouteTable Routes { get; init; }

    /// <summary>The bounds of its connections.</summary>
    public required StageLimits Limits { get; init; }

    /// <summary>Whether binary messages are taken and sent.</summary>
    public required bool AllowBinary { get; init; }

    /// <summary>Whether the stage is reached by a custom domain only.</summary>
    public required bool IsDefaultEndpointDisabled { get; init; }

    /// <summary>The origins that may connect; empty: any.</summary>
    public required FrozenSet<string> AllowedOrigins { get; init; }
}
