using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A stage (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html).</summary>
internal sealed record StageResource : Resource, ITagged
{
    public StageAccessLog? AccessLogSettings { get; init; }

    public bool? AutoDeploy { get; init; }

    public string? CreatedDate { get; init; }

    public StageRouteSettings? DefaultRouteSettings { get; init; }

    public string? DeploymentId { get; init; }

    public string? Description { get; init; }

    public string? LastDeploymentStatusMessage { get; init; }

    public string? LastUpdatedDate { get; init; }

    public ImmutableSortedDictionary<string, StageRouteSettings>? RouteSettings { get; init; }

    public required string StageName { get; init; }

    public ImmutableSortedDictionary<string, string>? StageVariables { get; init; }

    public ImmutableSortedDictionary<string, string>? Tags { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => StageName;

    /// <inheritdoc/>
    public Resource WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>The settings of one route of a stage, or the defaults of all.</summary>
internal sealed record StageRouteSettings
{
    public bool? DataTraceEnabled { get; init; }

    public bool? DetailedMetricsEnabled { get; init; }

    public string? LoggingLevel { get; init; }

    public int? ThrottlingBurstLimit { get; init; }

    public double? ThrottlingRateLimit { get; init; }
}

/// <summary>Where a stage's access log goes.</summary>
internal sealed record StageAccessLog
{
    public string? DestinationArn { get; init; }

    public string? Format { get; init; }
}
