using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Back ends.</summary>
internal sealed class IntegrationKind : ApiChildKind<IntegrationResource>
{
    private const int MaxTemplate = 300 * 1024;

    private static readonly ImmutableArray<string> HttpOnly = ["integrationSubtype", "responseParameters", "tlsConfig"];

    /// <summary>The shape of templates by key.</summary>
    public static Shape Templates { get; } = Shape.Map(Shape.Text(0, MaxTemplate));

    /// <summary>The shape of a template selection expression.</summary>
    public static Shape ContentHandling { get; } = Shape.OneOf("CONVERT_TO_BINARY", "CONVERT_TO_TEXT");

    /// <inheritdoc/>
    protected override string Name => "Integration";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.Integrations;

    /// <inheritdoc/>
    protected override string IdVariable => "integrationId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<IntegrationResource> Json => ResourceJson.Default.IntegrationResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("integrationType", Shape.OneOf("AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY"), IsRequired: true),
        new("connectionId", Shape.Text(1, 1024)),
        new("connectionType", Shape.OneOf("INTERNET", "VPC_LINK")),
        new("contentHandlingStrategy", ContentHandling),
        new("credentialsArn", Shape.Text(1, 2048)),
        new("description", Shape.Text(0, 1024)),
        new("integrationMethod", Shape.OneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY")),
        new("integrationUri", Shape.Text(1, 2048)),
        new("passthroughBehavior", Shape.OneOf("WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES")),
        new("payloadFormatVersion", Shape.OneOf("1.0")),
        new("requestParameters", Shape.MergedMap(Shape.Text(0, 2048))),
        new("requestTemplates", Templates),
        new("templateSelectionExpression", Shape.Text(1, 1024)),
        new("timeoutInMillis", Shape.Integer(50, 29_000)),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call) =>
        HttpOnly.FirstOrDefault(name => call.Body[name] is JsonObject { Count: > 0 } or JsonValue) is { } name
            ? ControlPlaneError.BadRequest($"{name} is for HTTP APIs only.")
            : null;

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft) => draft["integrationId"] = ResourceIds.NextId();

    /// <inheritdoc/>
    protected override void SetDefaults(JsonObject draft)
    {
        draft.TryAdd("connectionType", "INTERNET");
        draft.TryAdd("payloadFormatVersion", "1.0");
        draft.TryAdd("passthroughBehavior", "WHEN_NO_MATCH");
        draft.TryAdd("timeoutInMillis", 29_000);
        if (!draft["integrationType"]!.GetValue<string>().EndsWith("_PROXY", StringComparison.Ordinal))
        {
            draft.TryAdd("integrationResponseSelectionExpression", "${integration.response.statuscode}");
        }
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, IntegrationResource candidate, IntegrationResource? before)
    {
        var problem = CheckUri(candidate) ?? CheckConnection(state, candidate) ?? CheckShaping(candidate);
        return problem is null ? null : ControlPlaneError.BadRequest(problem);
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, IntegrationResource resource) =>
        List<RouteResource>(state, call, Collections.Routes).FirstOrDefault(route => route.Target == $"integrations/{resource.IntegrationId}") is { } route
            ? ControlPlaneError.Conflict($"Cannot delete Integration '{resource.IntegrationId}': Route '{route.RouteId}' ({route.RouteKey}) targets it.")
            : null;

    private static string? CheckUri(IntegrationResource candidate)
    {
        if (candidate.IntegrationType == "MOCK")
        {
            return null;
        }

        if (candidate.IntegrationUri is not { } uri)
        {
            return $"integrationUri is required for integrationType {candidate.IntegrationType}.";
        }

        // What a stage variable stands for is known when a stage is deployed.
        if (uri.Contains("${", StringComparison.Ordinal))
        {
            return null;
        }

        if (candidate.IntegrationType.StartsWith("AWS", StringComparison.Ordinal))
        {
            return uri.StartsWith("arn:", StringComparison.Ordinal)
                ? null
                : "Invalid integrationUri: AWS integrations take the ARN of a Lambda function or of a service's action.";
        }

        return Uri.TryCreate(uri, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? null
            : "Invalid HTTP endpoint specified for URI: write an absolute http or https URL without user name and password.";
    }

    private static string? CheckConnection(ControlPlaneState state, IntegrationResource candidate)
    {
        if (candidate.ConnectionType != "VPC_LINK")
        {
            return candidate.ConnectionId is null ? null : "connectionId is for connectionType VPC_LINK.";
        }

        if (!candidate.IntegrationType.StartsWith("HTTP", StringComparison.Ordinal))
        {
            return "The connectionType VPC_LINK is for the integration types HTTP and HTTP_PROXY.";
        }

        return state.Find<VpcLinkResource>(Collections.VpcLinks, candidate.ConnectionId) is not null
            ? null
            : $"The connectionType VPC_LINK needs the connectionId of a VPC link; there is no link '{candidate.ConnectionId}'.";
    }

    private static string? CheckShaping(IntegrationResource candidate)
    {
        if (candidate.CredentialsArn is { } credentials
            && !(credentials.StartsWith("arn:", StringComparison.Ordinal) && credentials.Contains(":role/", StringComparison.Ordinal)))
        {
            return "Invalid credentialsArn: write the ARN of a role, arn:aws:iam::{account}:role/{name}.";
        }

        if (candidate.TemplateSelectionExpression is { } expression
            && !SelectionExpression.TryParse(expression, SelectionScope.Template, out _, out var problem))
        {
            return $"Invalid templateSelectionExpression: {problem}";
        }

        return CheckTemplates("requestTemplates", candidate.RequestTemplates) ?? CheckMappings(candidate);
    }

    /// <summary>Which kind of route calls the integration is known when it is deployed, so a mapping must make sense for one of them.</summary>
    private static string? CheckMappings(IntegrationResource candidate)
    {
        foreach (var (target, source) in candidate.RequestParameters ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            if (!ParameterMapping.TryParse(target, source, MappingRoute.Connect, out _, out _)
                && !ParameterMapping.TryParse(target, source, MappingRoute.Message, out _, out var problem))
            {
                return $"Invalid mapping expression specified: {target} = {source}: {problem}";
            }
        }

        return null;
    }

    /// <summary>Says what is wrong with the syntax of templates; null when nothing is.</summary>
    public static string? CheckTemplates(string member, ImmutableSortedDictionary<string, string>? templates)
    {
        foreach (var (key, text) in templates ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            if (!Template.TryParse(text, out _, out var problem))
            {
                return $"Invalid {member} for '{key}': {problem}";
            }
        }

        return null;
    }
}
