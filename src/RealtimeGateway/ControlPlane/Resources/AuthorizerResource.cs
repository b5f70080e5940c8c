using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>An authorizer (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers-authorizerid.html).</summary>
internal sealed record AuthorizerResource : Resource
{
    public string? AuthorizerCredentialsArn { get; init; }

    public required string AuthorizerId { get; init; }

    public int? AuthorizerResultTtlInSeconds { get; init; }

    public required string AuthorizerType { get; init; }

    public string? AuthorizerUri { get; init; }

    public ImmutableArray<string>? IdentitySource { get; init; }

    public string? IdentityValidationExpression { get; init; }

    public required string Name { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => AuthorizerId;
}
