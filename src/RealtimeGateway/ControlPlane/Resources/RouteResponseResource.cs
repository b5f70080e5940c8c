using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>What makes a route answer (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid-routeresponses.html).</summary>
internal sealed record RouteResponseResource : Resource
{
    public string? ModelSelectionExpression { get; init; }

    public ImmutableSortedDictionary<string, string>? ResponseModels { get; init; }

    public ImmutableSortedDictionary<string, ParameterConstraint>? ResponseParameters { get; init; }

    public required string RouteResponseId { get; init; }

    public required string RouteResponseKey { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => RouteResponseId;
}
