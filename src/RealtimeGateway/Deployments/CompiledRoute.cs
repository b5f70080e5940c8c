using RealtimeGateway.Apis;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Integrations;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Deployments;

/// <summary>A route ready to run.</summary>
internal sealed class CompiledRoute
{
    /// <summary>The route's key.</summary>
    public required string Key { get; init; }

    /// <summary>What is called; null: nothing.</summary>
    public required IIntegration? Integration { get; init; }

    /// <summary>The kind of <see cref="Integration"/>; null when there is none.</summary>
    public required IntegrationType? IntegrationType { get; init; }

    /// <summary>What messages must look like; null: like anything.</summary>
    public required RouteModels? Models { get; init; }

    /// <summary>Whether the integration's answer goes back to the client.</summary>
    public required bool IsTwoWay { get; init; }

    /// <summary>How many messages of one connection may be under way.</summary>
    public required RouteConcurrency Concurrency { get; init; }

    /// <summary>The rate of the route's events; null: unbounded.</summary>
    public required TokenBucket? Throttle { get; init; }

    /// <summary>Takes the steps of the route's events; null: off.</summary>
    public ExecutionLog? ExecutionLog { get; init; }

    /// <summary>The tags of the route's measurements.</summary>
    public required MetricTags Tags { get; init; }

    /// <summary>The longest message, in bytes, that is sure to be checked and handed to <see cref="Integration"/> by short work; -1: none is.</summary>
    public int QuickBytes => Models is null ? Integration?.QuickBytes ?? int.MaxValue : Math.Min(Models.QuickBytes, Integration?.QuickBytes ?? int.MaxValue);

    /// <summary>Whether the gateway answers by itself, so that there is no back end whose time could be taken.</summary>
    public bool IsMock => IntegrationType == Apis.IntegrationType.Mock;
}
