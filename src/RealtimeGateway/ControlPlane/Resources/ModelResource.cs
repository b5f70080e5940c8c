namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A model (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models-modelid.html).</summary>
internal sealed record ModelResource : Resource
{
    public string? ContentType { get; init; }

    public string? Description { get; init; }

    public required string ModelId { get; init; }

    public required string Name { get; init; }

    public required string Schema { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => ModelId;
}
