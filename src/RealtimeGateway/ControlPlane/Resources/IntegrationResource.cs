using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A back end (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid.html).</summary>
internal sealed record IntegrationResource : Resource
{
    public string? ConnectionId { get; init; }

    public string? ConnectionType { get; init; }

    public string? ContentHandlingStrategy { get; init; }

    public string? CredentialsArn { get; init; }

    public string? Description { get; init; }

    public required string IntegrationId { get; init; }

    public string? IntegrationMethod { get; init; }

    public string? IntegrationResponseSelectionExpression { get; init; }

    public required string IntegrationType { get; init; }

    public string? IntegrationUri { get; init; }

    public string? PassthroughBehavior { get; init; }

    public string? PayloadFormatVersion { get; init; }

    public ImmutableSortedDictionary<string, string>? RequestParameters { get; init; }

    public ImmutableSortedDictionary<string, string>? RequestTemplates { get; init; }

    public string? TemplateSelectionExpression { get; init; }

    public int? TimeoutInMillis { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => IntegrationId;
}
