using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Projection;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Names under which deployments are served.</summary>
internal sealed partial class StageKind : ApiChildKind<StageResource>
{
    private const int MaxLogFormatBytes = 3 * 1024;

    private static readonly ImmutableArray<Member> RouteSettings =
    [
        new("dataTraceEnabled", Shape.Boolean),
        new("detailedMetricsEnabled", Shape.Boolean),
        new("loggingLevel", Shape.OneOf("ERROR", "INFO", "OFF")),
        new("throttlingBurstLimit", Shape.Integer(0, int.MaxValue)),
        new("throttlingRateLimit", Shape.Number(0, 1e9)),
    ];

    /// <inheritdoc/>
    protected override string Name => "Stage";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.Stages;

    /// <inheritdoc/>
    protected override string IdVariable => "stageName";

    /// <inheritdoc/>
    protected override JsonTypeInfo<StageResource> Json => ResourceJson.Default.StageResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("stageName", Shape.Text(1, 128, StageName(), "must have only letters, digits, '-' and '_'"), IsRequired: true),
        new("accessLogSettings", Shape.Object(
            new Member("destinationArn", Shape.Text(1, 2048)), new Member("format", Shape.Text(1, MaxLogFormatBytes)))),
        new("autoDeploy", Shape.Boolean),
        new("defaultRouteSettings", Shape.Object(RouteSettings)),
        new("deploymentId", Shape.Text(1, 64)),
        new("description", Shape.Text(0, 1024)),
        new("routeSettings", Shape.MergedMap(Shape.Object(RouteSettings))),
        new("stageVariables", Shape.MergedMap(Shape.Text(0, 512, VariableValue()), max: 100, VariableName())),
        new("tags", Tags.Shape),
    ];

    /// <inheritdoc/>
    public override IEnumerable<Operation> Operations =>
    [
        .. base.Operations,
        new("DeleteRouteSettings", HttpMethods.Delete, $"{ItemPath}/routesettings/{{routeKey}}", DeleteRouteSettings),
        new("DeleteAccessLogSettings", HttpMethods.Delete, $"{ItemPath}/accesslogsettings", DeleteAccessLogSettings),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call)
    {
        if (call.Body["clientCertificateId"] is JsonValue certificate && certificate.ToString().Length > 0)
        {
            return ControlPlaneError.BadRequest("clientCertificateId is not supported: set client certificates towards back ends in the gateway's own settings.");
        }

        var isNew = !call.Path.ContainsKey(IdVariable);
        if (!isNew && call.Body["stageName"] is { } name && name.ToString() != call[IdVariable])
        {
            return ControlPlaneError.BadRequest("The name of a stage cannot be changed.");
        }

        return isNew && Find<StageResource>(state, call, Collections.Stages, call.Body["stageName"]!.GetValue<string>()) is { } other
            ? ControlPlaneError.Conflict($"Stage already exists: {other.StageName}")
            : null;
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        draft.TryAdd("autoDeploy", false);
        draft.TryAdd("routeSettings", new JsonObject());
        draft.TryAdd("stageVariables", new JsonObject());
        draft.TryAdd("tags", new JsonObject());
        draft["createdDate"] = call.Iso8601;
        draft["lastUpdatedDate"] = call.Iso8601;
    }

    /// <inheritdoc/>
    protected override void SetDefaults(JsonObject draft)
    {
        var settings = draft["defaultRouteSettings"]?.DeepClone().AsObject() ?? [];
        settings.TryAdd("dataTraceEnabled", false);
        settings.TryAdd("detailedMetricsEnabled", false);
        settings.TryAdd("loggingLevel", "OFF");
        draft["defaultRouteSettings"] = settings;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, StageResource candidate, StageResource? before)
    {
        if (candidate.DeploymentId is { } deployment && Find<DeploymentResource>(state, call, Collections.Deployments, deployment) is null)
        {
            return ControlPlaneError.NotFound("Deployment", deployment);
        }

        if (candidate.AutoDeploy == true && candidate.DeploymentId is not null && candidate.DeploymentId != before?.DeploymentId)
        {
            return ControlPlaneError.BadRequest("Deployment ID cannot be set on stage because 'Auto-Deploy' is enabled.");
        }

        var keys = List<RouteResource>(state, call, Collections.Routes).Select(route => route.RouteKey).ToHashSet(StringComparer.Ordinal);
        var known = before?.RouteSettings?.Keys ?? [];
        if (candidate.RouteSettings?.Keys.Except(known).FirstOrDefault(key => !keys.Contains(key)) is { } unknown)
        {
            return ControlPlaneError.BadRequest($"Unable to find Route by key {unknown} within the provided RouteSettings");
        }

        return CheckAccessLog(candidate.AccessLogSettings) is { } problem ? ControlPlaneError.BadRequest(problem) : null;
    }

    /// <inheritdoc/>
    protected override StageResource Touch(ControlPlaneCall call, StageResource resource) => resource with { LastUpdatedDate = call.Iso8601 };

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, StageResource resource) =>
        state.ApiMappings.Any(mapping => mapping.ApiId == call["apiId"] && mapping.Stage == resource.StageName)
            ? ControlPlaneError.BadRequest("Deleting stage failed. Please remove all base path mappings related to the stage in your domains.")
            : null;

    /// <inheritdoc/>
    protected override StageResource Present(ControlPlaneCall call, StageResource resource) =>
        resource.AccessLogSettings is { DestinationArn: null, Format: null } ? resource with { AccessLogSettings = null } : resource;

    private static string? CheckAccessLog(StageAccessLog? log)
    {
        if (log is null or { DestinationArn: null, Format: null })
        {
            return null;
        }

        if (log.DestinationArn is not { } destination || log.Format is not { } format)
        {
            return "accessLogSettings needs both destinationArn and format.";
        }

        if (AccessLogDestination.Check(destination) is { } problem)
        {
            return $"Invalid accessLogSettings: destinationArn {problem}.";
        }

        if (format.AsSpan().ContainsAny('\r', '\n') || Encoding.UTF8.GetByteCount(format) > MaxLogFormatBytes)
        {
            return "Invalid accessLogSettings: the format must be one line of at most 3 KB.";
        }

        return format.Contains("$context.requestId", StringComparison.Ordinal) || format.Contains("$context.extendedRequestId", StringComparison.Ordinal)
            ? null
            : "Access Log format must be single line, new line character is allowed only at end of the format and must contain either "
                + "'$context.requestId' or '$context.extendedRequestId'.";
    }

    private Decision DeleteRouteSettings(ControlPlaneState state, ControlPlaneCall call)
    {
        if (TryFind(state, call, out var key, out var stage) is { } missing)
        {
            return missing;
        }

        return stage.RouteSettings?.ContainsKey(call["routeKey"]) == true
            ? new Decision(
                Reply.Empty(StatusCodes.Status204NoContent),
                [new(key, Touch(call, stage with { RouteSettings = stage.RouteSettings.Remove(call["routeKey"]) }))])
            : ControlPlaneError.NotFound("RouteSettings", call["routeKey"]);
    }

    private Decision DeleteAccessLogSettings(ControlPlaneState state, ControlPlaneCall call) =>
        TryFind(state, call, out var key, out var stage) is { } missing
            ? missing
            : new Decision(Reply.Empty(StatusCodes.Status204NoContent), [new(key, Touch(call, stage with { AccessLogSettings = null }))]);

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();

    [GeneratedRegex("^[A-Za-z0-9_]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    [GeneratedRegex("^[A-Za-z0-9._~:/?#&=,-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableValue();
}
