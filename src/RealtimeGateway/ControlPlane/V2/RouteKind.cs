using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Deployments;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Routes.</summary>
internal sealed partial class RouteKind : ApiChildKind<RouteResource>
{
    /// <summary>The shape of <c>requestParameters</c> and <c>responseParameters</c>.</summary>
    public static Shape Parameters { get; } = Shape.MergedMap(Shape.Object(new Member("required", Shape.Boolean)), keyForm: ParameterName());

    /// <summary>The shape of <c>requestModels</c> and <c>responseModels</c>.</summary>
    public static Shape ModelNames { get; } = Shape.Map(Shape.Text(1, 128));

    /// <inheritdoc/>
    protected override string Name => "Route";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.Routes;

    /// <inheritdoc/>
    protected override string IdVariable => "routeId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<RouteResource> Json => ResourceJson.Default.RouteResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("routeKey", Shape.Text(1, RouteKeyRules.MaxLength), IsRequired: true),
        new("apiKeyRequired", Shape.Boolean),
        new("authorizationScopes", Shape.List(Shape.Text(1, 64), 64)),
        new("authorizationType", Shape.OneOf("NONE", "AWS_IAM", "CUSTOM", "JWT")),
        new("authorizerId", Shape.Text(1, 64)),
        new("modelSelectionExpression", Shape.Text(1, 1024)),
        new("operationName", Shape.Text(1, 64)),
        new("requestModels", ModelNames),
        new("requestParameters", Parameters),
        new("routeResponseSelectionExpression", Shape.OneOf(Route.Default)),
        new("target", Shape.Text(1, 128, Target(), "must be integrations/{integrationId}")),
    ];

    /// <inheritdoc/>
    public override IEnumerable<Operation> Operations =>
    [
        .. base.Operations,
        new("DeleteRouteRequestParameter", HttpMethods.Delete, $"{ItemPath}/requestparameters/{{requestParameterKey}}", DeleteParameter),
    ];

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft) => draft["routeId"] = ResourceIds.NextId();

    /// <inheritdoc/>
    protected override void SetDefaults(JsonObject draft)
    {
        draft.TryAdd("apiKeyRequired", false);
        draft.TryAdd("authorizationType", "NONE");
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, RouteResource candidate, RouteResource? before)
    {
        if (RouteKeyRules.Check(candidate.RouteKey) is { } problem)
        {
            return ControlPlaneError.BadRequest($"Invalid routeKey: {problem}.");
        }

        if (List<RouteResource>(state, call, Collections.Routes).Any(other => other.RouteKey == candidate.RouteKey && other.RouteId != candidate.RouteId))
        {
            return ControlPlaneError.Conflict($"Route with key {candidate.RouteKey} already exists for this API");
        }

        if (candidate.Target is { } target && Find<IntegrationResource>(state, call, Collections.Integrations, target[(target.IndexOf('/') + 1)..]) is null)
        {
            return ControlPlaneError.BadRequest($"Invalid target: the API has no integration '{target}'.");
        }

        return CheckAuthorization(state, call, candidate) ?? CheckModels(state, call, candidate);
    }

    private static ControlPlaneError? CheckAuthorization(ControlPlaneState state, ControlPlaneCall call, RouteResource candidate)
    {
        if (candidate.AuthorizationType == "JWT")
        {
            return ControlPlaneError.BadRequest("The authorizationType JWT is for HTTP APIs only; use CUSTOM, AWS_IAM or NONE.");
        }

        if (candidate.AuthorizationScopes is { IsEmpty: false })
        {
            return ControlPlaneError.BadRequest("authorizationScopes are for JWT authorizers, which only HTTP APIs have.");
        }

        if (candidate.AuthorizationType != "NONE" && candidate.RouteKey != Route.Connect)
        {
            return ControlPlaneError.BadRequest("Currently, authorization is restricted to the $connect route only");
        }

        if (candidate.AuthorizationType == "CUSTOM"
            && Find<AuthorizerResource>(state, call, Collections.Authorizers, candidate.AuthorizerId) is null)
        {
            return ControlPlaneError.BadRequest(candidate.AuthorizerId is null
                ? "The authorizationType CUSTOM needs an authorizerId."
                : $"Invalid authorizerId: the API has no authorizer '{candidate.AuthorizerId}'.");
        }

        return null;
    }

    private static ControlPlaneError? CheckModels(ControlPlaneState state, ControlPlaneCall call, RouteResource candidate)
    {
        if (candidate.RequestParameters is { IsEmpty: false } && candidate.RouteKey != Route.Connect)
        {
            return ControlPlaneError.BadRequest("requestParameters are for the $connect route only: messages have no headers and no query.");
        }

        if (candidate.ModelSelectionExpression is { } expression
            && !SelectionExpression.TryParse(expression, SelectionScope.Model, out _, out var problem))
        {
            return ControlPlaneError.BadRequest($"Invalid modelSelectionExpression: {problem}");
        }

        return MissingModel(state, call, candidate.RequestModels);
    }

    /// <summary>Refuses the name of a model that the API does not have.</summary>
    public static ControlPlaneError? MissingModel(ControlPlaneState state, ControlPlaneCall call, ImmutableSortedDictionary<string, string>? models)
    {
        var known = List<ModelResource>(state, call, Collections.Models).Select(model => model.Name).ToHashSet(StringComparer.Ordinal);
        return models?.Values.FirstOrDefault(name => !known.Contains(name)) is { } missing
            ? ControlPlaneError.BadRequest($"Invalid model specified: the API has no model '{missing}'.")
            : null;
    }

    private Decision DeleteParameter(ControlPlaneState state, ControlPlaneCall call)
    {
        if (TryFind(state, call, out var key, out var route) is { } missing)
        {
            return missing;
        }

        var name = call["requestParameterKey"];
        if (route.RequestParameters?.ContainsKey(name) != true)
        {
            return ControlPlaneError.NotFound("RequestParameter", name);
        }

        return new(
            Reply.Empty(StatusCodes.Status204NoContent),
            [new(key, route with { RequestParameters = route.RequestParameters.Remove(name) })]);
    }

    [GeneratedRegex("^integrations/[A-Za-z0-9]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Target();

    [GeneratedRegex(@"^route\.(request\.(querystring|header)|response\.header)\.[^\s.][^\s]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();
}
