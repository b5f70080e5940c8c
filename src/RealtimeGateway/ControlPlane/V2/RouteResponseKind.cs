using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>What makes routes answer.</summary>
internal sealed class RouteResponseKind : ApiChildKind<RouteResponseResource>
{
    /// <inheritdoc/>
    protected override string Name => "RouteResponse";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.RouteResponses;

    /// <inheritdoc/>
    protected override string CollectionPath => "/v2/apis/{apiId}/routes/{routeId}/routeresponses";

    /// <inheritdoc/>
    protected override string IdVariable => "routeResponseId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<RouteResponseResource> Json => ResourceJson.Default.RouteResponseResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("routeResponseKey", Shape.OneOf(Route.Default), IsRequired: true),
        new("modelSelectionExpression", Shape.Text(1, 1024)),
        new("responseModels", RouteKind.ModelNames),
        new("responseParameters", RouteKind.Parameters),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        var route = new ResourceKey(Collections.Of(call["apiId"], Collections.Routes), call["routeId"]);
        collection = route.Child(CollectionName);
        return ApiKind.TryFind(state, call, out _)
            ?? (state.Find<RouteResource>(route) is null ? ControlPlaneError.NotFound("Route", route.Id) : null);
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft) => draft["routeResponseId"] = ResourceIds.NextId();

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(
        ControlPlaneState state, ControlPlaneCall call, RouteResponseResource candidate, RouteResponseResource? before)
    {
        _ = TryFindCollection(state, call, out var collection);
        if (state.List<RouteResponseResource>(collection)
            .Any(other => other.RouteResponseKey == candidate.RouteResponseKey && other.RouteResponseId != candidate.RouteResponseId))
        {
            return ControlPlaneError.Conflict($"Route response with key {candidate.RouteResponseKey} already exists for this route");
        }

        if (candidate.ModelSelectionExpression is { } expression
            && !SelectionExpression.TryParse(expression, SelectionScope.Model, out _, out var problem))
        {
            return ControlPlaneError.BadRequest($"Invalid modelSelectionExpression: {problem}");
        }

        return RouteKind.MissingModel(state, call, candidate.ResponseModels);
    }
}
