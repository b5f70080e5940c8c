using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>How answers of one kind are shaped (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid-integrationresponses.html).</summary>
internal sealed record IntegrationResponseResource : Resource
{
    public string? ContentHandlingStrategy { get; init; }

    public required string IntegrationResponseId { get; init; }

    public required string IntegrationResponseKey { get; init; }

    public ImmutableSortedDictionary<string, string>? ResponseParameters { get; init; }

    public ImmutableSortedDictionary<string, string>? ResponseTemplates { get; init; }

    public string? TemplateSelectionExpression { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => IntegrationResponseId;
}
