namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A deployment as tools see it (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments-deploymentid.html).</summary>
internal sealed record DeploymentResource : Resource
{
    /// <summary>Its snapshot is ready to be served.</summary>
    public const string Deployed = "DEPLOYED";

    /// <summary>Its snapshot cannot be served.</summary>
    public const string Failed = "FAILED";

    public bool? AutoDeployed { get; init; }

    public string? CreatedDate { get; init; }

    public required string DeploymentId { get; init; }

    public required string DeploymentStatus { get; init; }

    public string? DeploymentStatusMessage { get; init; }

    public string? Description { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => DeploymentId;
}
