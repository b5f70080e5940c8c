using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>What decides who may connect.</summary>
internal sealed partial class AuthorizerKind : ApiChildKind<AuthorizerResource>
{
    private static readonly ImmutableArray<string> HttpOnly = ["authorizerPayloadFormatVersion", "enableSimpleResponses"];

    /// <inheritdoc/>
    protected override string Name => "Authorizer";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.Authorizers;

    /// <inheritdoc/>
    protected override string IdVariable => "authorizerId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<AuthorizerResource> Json => ResourceJson.Default.AuthorizerResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("name", Shape.Text(1, 128), IsRequired: true),
        new("authorizerType", Shape.OneOf("REQUEST", "JWT"), IsRequired: true),
        new("authorizerUri", Shape.Text(1, 2048)),
        new("authorizerCredentialsArn", Shape.Text(1, 2048)),
        new("authorizerResultTtlInSeconds", Shape.Integer(0, 3600)),
        new("identitySource", Shape.List(
            Shape.Text(1, 1024, Source(), "is no identity source: write route.request.header.{name}, route.request.querystring.{name}, context.{name} or stageVariables.{name}"), 10)),
        new("identityValidationExpression", Shape.Text(0, 1024)),
    ];

    /// <inheritdoc/>
    public override IEnumerable<Operation> Operations =>
    [
        .. base.Operations,
        new("ResetAuthorizersCache", HttpMethods.Delete, "/v2/apis/{apiId}/stages/{stageName}/cache/authorizers", Decide: null),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call)
    {
        if (call.Body["authorizerType"]?.GetValue<string>() == "JWT" || call.Body["jwtConfiguration"] is not null)
        {
            return ControlPlaneError.BadRequest("JWT authorizers are for HTTP APIs only; use authorizerType REQUEST.");
        }

        return HttpOnly.FirstOrDefault(name => call.Body[name] is JsonValue value && value.ToString() is not ("" or "false")) is { } name
            ? ControlPlaneError.BadRequest($"{name} is for HTTP APIs only.")
            : null;
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        draft["authorizerId"] = ResourceIds.NextId();
        draft.TryAdd("authorizerResultTtlInSeconds", 0);
        draft.TryAdd("identitySource", new JsonArray());
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, AuthorizerResource candidate, AuthorizerResource? before)
    {
        if (candidate.AuthorizerUri is not { } uri)
        {
            return ControlPlaneError.BadRequest("authorizerUri is required for authorizerType REQUEST.");
        }

        if (!uri.StartsWith("arn:", StringComparison.Ordinal) && !uri.Contains("${", StringComparison.Ordinal))
        {
            return ControlPlaneError.BadRequest("Invalid authorizerUri: write the invocation ARN of a Lambda function.");
        }

        if (candidate.AuthorizerResultTtlInSeconds > 0)
        {
            return ControlPlaneError.BadRequest("authorizerResultTtlInSeconds must be 0: WebSocket APIs ask their authorizer for every connection.");
        }

        return List<AuthorizerResource>(state, call, Collections.Authorizers)
            .Any(other => other.Name == candidate.Name && other.AuthorizerId != candidate.AuthorizerId)
            ? ControlPlaneError.Conflict($"Authorizer name must be unique. Authorizer {candidate.Name} already exists in this API.")
            : null;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, AuthorizerResource resource) =>
        List<RouteResource>(state, call, Collections.Routes).FirstOrDefault(route => route.AuthorizerId == resource.AuthorizerId) is { } route
            ? ControlPlaneError.Conflict($"Cannot delete authorizer '{resource.AuthorizerId}': route '{route.RouteKey}' uses it.")
            : null;

    [GeneratedRegex(@"^(route\.request\.(header|querystring)|context|stageVariables)\.[a-zA-Z0-9._-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Source();
}
