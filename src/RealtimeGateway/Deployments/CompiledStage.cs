using System.Collections.Frozen;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Throttling;

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

    /// <summary>What is asked of clients that connect.</summary>
    public required Admission Admission { get; init; }

    /// <summary>The rate of the whole gateway, in which every event and every call of @connections counts; null: unbounded.</summary>
    public required TokenBucket? AccountThrottle { get; init; }

    /// <summary>Takes the steps of events that have no route; null: off.</summary>
    public ExecutionLog? ExecutionLog { get; init; }

    /// <summary>Takes one line for each event; null: none.</summary>
    public required AccessLog? AccessLog { get; init; }

    /// <summary>The tags of measurements that belong to no route.</summary>
    public required MetricTags Tags { get; init; }

    /// <summary>The tags of measurements of <c>@connections</c>.</summary>
    public required MetricTags CallTags { get; init; }
}
