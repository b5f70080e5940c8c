using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A route (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html).</summary>
internal sealed record RouteResource : Resource
{
    public bool? ApiKeyRequired { get; init; }

    public ImmutableArray<string>? AuthorizationScopes { get; init; }

    public string? AuthorizationType { get; init; }

    public string? AuthorizerId { get; init; }

    public string? ModelSelectionExpression { get; init; }

    public string? OperationName { get; init; }

    public ImmutableSortedDictionary<string, string>? RequestModels { get; init; }

    public ImmutableSortedDictionary<string, ParameterConstraint>? RequestParameters { get; init; }

    public required string RouteId { get; init; }

    public required string RouteKey { get; init; }

    public string? RouteResponseSelectionExpression { get; init; }

    /// <summary><c>integrations/{id}</c>.</summary>
    public string? Target { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => RouteId;
}

/// <summary>Whether a parameter of the handshake must be there.</summary>
internal sealed record ParameterConstraint
{
    public bool? Required { get; init; }
}
