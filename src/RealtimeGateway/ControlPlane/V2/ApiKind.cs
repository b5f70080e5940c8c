using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>APIs.</summary>
internal sealed class ApiKind : ResourceKind<ApiResource>
{
    private static readonly ImmutableArray<string> HttpOnly = ["corsConfiguration", "target", "routeKey", "credentialsArn"];

    /// <inheritdoc/>
    protected override string Name => "Api";

    /// <inheritdoc/>
    protected override string CollectionPath => "/v2/apis";

    /// <inheritdoc/>
    protected override string IdVariable => "apiId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<ApiResource> Json => ResourceJson.Default.ApiResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("name", Shape.Text(1, 128), IsRequired: true),
        new("protocolType", Shape.OneOf("WEBSOCKET", "HTTP"), IsRequired: true),
        new("routeSelectionExpression", Shape.Text(1, 1024)),
        new("apiKeySelectionExpression", Shape.OneOf("$request.header.x-api-key", "$context.authorizer.usageIdentifierKey")),
        new("description", Shape.Text(0, 1024)),
        new("disableExecuteApiEndpoint", Shape.Boolean),
        new("disableSchemaValidation", Shape.Boolean),
        new("ipAddressType", Shape.OneOf("ipv4", "dualstack")),
        new("version", Shape.Text(1, 64)),
        new("tags", Tags.Shape),
    ];

    /// <summary>Finds the API that a call is about.</summary>
    public static ControlPlaneError? TryFind(ControlPlaneState state, ControlPlaneCall call, out ApiResource api)
    {
        api = state.Find<ApiResource>(Collections.Apis, call["apiId"])!;
        return api is null ? ControlPlaneError.NotFound("API", $"{call.Names.AccountId}:{call["apiId"]}") : null;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        collection = Collections.Apis;
        return call.Path.ContainsKey(IdVariable) ? TryFind(state, call, out _) : null;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call)
    {
        if (call.Body["protocolType"]?.GetValue<string>() == "HTTP" && !call.Path.ContainsKey(IdVariable))
        {
            return ControlPlaneError.NotImplemented("CreateApi with protocolType HTTP is not implemented; this gateway serves WEBSOCKET APIs.");
        }

        return HttpOnly.FirstOrDefault(name => call.Body[name] is not null) is { } name
            ? ControlPlaneError.BadRequest($"{name} is for HTTP APIs only.")
            : null;
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        var id = ResourceIds.NextApiId();
        while (state.Find<ApiResource>(Collections.Apis, id) is not null)
        {
            id = ResourceIds.NextApiId();
        }

        draft["apiId"] = id;
        draft["createdDate"] = call.Iso8601;
        draft.TryAdd("tags", new JsonObject());
    }

    /// <inheritdoc/>
    protected override void SetDefaults(JsonObject draft)
    {
        // Refused below, with words.
        draft.TryAdd("routeSelectionExpression", "");
        draft.TryAdd("apiKeySelectionExpression", "$request.header.x-api-key");
        draft.TryAdd("disableExecuteApiEndpoint", false);
        draft.TryAdd("ipAddressType", "ipv4");
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, ApiResource candidate, ApiResource? before)
    {
        if (candidate.RouteSelectionExpression.Length == 0)
        {
            return ControlPlaneError.BadRequest("A route selection expression is required for WEBSOCKET APIs; write for example $request.body.action.");
        }

        if (before is not null && before.ProtocolType != candidate.ProtocolType)
        {
            return ControlPlaneError.BadRequest("The protocolType of an API cannot be changed.");
        }

        return SelectionExpression.TryParse(candidate.RouteSelectionExpression, SelectionScope.Route, out _, out var problem)
            ? null
            : ControlPlaneError.BadRequest($"Invalid routeSelectionExpression: {problem}");
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, ApiResource resource) =>
        state.ApiMappings.Any(mapping => mapping.ApiId == resource.ApiId)
            ? ControlPlaneError.BadRequest("Deleting API failed. Please remove all base path mappings related to the API in your domains.")
            : null;

    /// <inheritdoc/>
    protected override ApiResource Present(ControlPlaneCall call, ApiResource resource) =>
        resource with { ApiEndpoint = call.Names.Endpoint(resource.ApiId) };
}
