using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Expressions.Models;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>What messages must look like.</summary>
internal sealed partial class ModelKind : ApiChildKind<ModelResource>
{
    /// <inheritdoc/>
    protected override string Name => "Model";

    /// <inheritdoc/>
    protected override string CollectionName => Collections.Models;

    /// <inheritdoc/>
    protected override string IdVariable => "modelId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<ModelResource> Json => ResourceJson.Default.ModelResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("name", Shape.Text(1, 128, AlphaNumeric(), "must be alphanumeric"), IsRequired: true),
        new("schema", Shape.Text(0, 32_768), IsRequired: true),
        new("contentType", Shape.Text(1, 256)),
        new("description", Shape.Text(0, 1024)),
    ];

    /// <inheritdoc/>
    public override IEnumerable<Operation> Operations =>
        [.. base.Operations, new("GetModelTemplate", HttpMethods.Get, $"{ItemPath}/template", GetTemplate)];

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        draft["modelId"] = ResourceIds.NextId();
        draft.TryAdd("contentType", "application/json");
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, ModelResource candidate, ModelResource? before)
    {
        if (List<ModelResource>(state, call, Collections.Models).Any(other => other.Name == candidate.Name && other.ModelId != candidate.ModelId))
        {
            return ControlPlaneError.Conflict($"Model name already exists for this API: {candidate.Name}");
        }

        if (before is not null && before.Name != candidate.Name && UserOf(state, call, before) is { } user)
        {
            return ControlPlaneError.Conflict($"Cannot rename model '{before.Name}': route '{user.RouteKey}' names it.");
        }

        return ModelValidator.TryParse(candidate.Schema, out _, out var problem)
            ? null
            : ControlPlaneError.BadRequest($"Invalid model schema specified: {problem}");
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, ModelResource resource) =>
        UserOf(state, call, resource) is { } user
            ? ControlPlaneError.Conflict($"Cannot delete model '{resource.Name}': route '{user.RouteKey}' names it.")
            : null;

    private Decision GetTemplate(ControlPlaneState state, ControlPlaneCall call) =>
        TryFind(state, call, out _, out var model) is { } error
            ? error
            : Reply.Of(StatusCodes.Status200OK, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("value"u8, SampleTemplate.Of(model.Schema));
                writer.WriteEndObject();
            });

    private static RouteResource? UserOf(ControlPlaneState state, ControlPlaneCall call, ModelResource model) =>
        List<RouteResource>(state, call, Collections.Routes).FirstOrDefault(route => route.RequestModels?.ContainsValue(model.Name) == true);

    [GeneratedRegex("^[A-Za-z0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex AlphaNumeric();
}
