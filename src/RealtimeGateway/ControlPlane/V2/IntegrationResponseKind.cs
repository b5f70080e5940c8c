using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>How the answers of back ends are shaped.</summary>
internal sealed class IntegrationResponseKind : ApiChildKind<IntegrationResponseResource>
{
    /// <inheritdoc/>
    protected override string Name => "IntegrationResponse";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.IntegrationResponses;

    /// <inheritdoc/>
    protected override string CollectionPath => "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses";

    /// <inheritdoc/>
    protected override string IdVariable => "integrationResponseId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<IntegrationResponseResource> Json => ResourceJson.Default.IntegrationResponseResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("integrationResponseKey", Shape.Text(1, 1024), IsRequired: true),
        new("contentHandlingStrategy", IntegrationKind.ContentHandling),
        new("responseParameters", Shape.Map(Shape.Text(0, 2048))),
        new("responseTemplates", IntegrationKind.Templates),
        new("templateSelectionExpression", Shape.Text(1, 1024)),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        var integration = new ResourceKey(Collections.Of(call["apiId"], Collections.Integrations), call["integrationId"]);
        collection = integration.Child(CollectionName);
        return ApiKind.TryFind(state, call, out _)
            ?? (state.Find<IntegrationResource>(integration) is null ? ControlPlaneError.NotFound("Integration", integration.Id) : null);
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft) =>
        draft["integrationResponseId"] = ResourceIds.NextId();

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(
        ControlPlaneState state, ControlPlaneCall call, IntegrationResponseResource candidate, IntegrationResponseResource? before)
    {
        _ = TryFindCollection(state, call, out var collection);
        if (state.List<IntegrationResponseResource>(collection).Any(other =>
            other.IntegrationResponseKey == candidate.IntegrationResponseKey && other.IntegrationResponseId != candidate.IntegrationResponseId))
        {
            return ControlPlaneError.Conflict($"Integration response with key {candidate.IntegrationResponseKey} already exists for this integration");
        }

        if (!ResponseKey.TryParse(candidate.IntegrationResponseKey, out _, out var problem))
        {
            return ControlPlaneError.BadRequest($"Invalid integrationResponseKey: {problem}");
        }

        if (candidate.TemplateSelectionExpression is { } expression
            && !SelectionExpression.TryParse(expression, SelectionScope.IntegrationResponseTemplate, out _, out problem))
        {
            return ControlPlaneError.BadRequest($"Invalid templateSelectionExpression: {problem}");
        }

        return IntegrationKind.CheckTemplates("responseTemplates", candidate.ResponseTemplates) is { } wrong ? ControlPlaneError.BadRequest(wrong) : null;
    }
}
