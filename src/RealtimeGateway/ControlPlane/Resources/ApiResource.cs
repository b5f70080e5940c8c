using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>An API (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html).</summary>
internal sealed record ApiResource : Resource, ITagged
{
    /// <summary>Made from the gateway's public URL when it is shown; not stored.</summary>
    public string? ApiEndpoint { get; init; }

    public required string ApiId { get; init; }

    public string? ApiKeySelectionExpression { get; init; }

    public string? CreatedDate { get; init; }

    public string? Description { get; init; }

    public bool? DisableExecuteApiEndpoint { get; init; }

    public bool? DisableSchemaValidation { get; init; }

    public string? IpAddressType { get; init; }

    public required string Name { get; init; }

    public required string ProtocolType { get; init; }

    public required string RouteSelectionExpression { get; init; }

    public ImmutableSortedDictionary<string, string>? Tags { get; init; }

    public string? Version { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => ApiId;

    /// <inheritdoc/>
    public Resource WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
