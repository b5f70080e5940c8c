namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>Which stage is below a path of a domain (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings.html).</summary>
internal sealed record ApiMappingResource : Resource
{
    public required string ApiId { get; init; }

    public required string ApiMappingId { get; init; }

    /// <summary>The path without slashes around it; absent or empty: the whole domain.</summary>
    public string? ApiMappingKey { get; init; }

    public required string Stage { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => ApiMappingId;
}
