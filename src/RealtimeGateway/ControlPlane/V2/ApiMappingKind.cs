using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Which stage is below which path of a domain.</summary>
internal sealed partial class ApiMappingKind : ResourceKind<ApiMappingResource>
{
    /// <inheritdoc/>
    protected override string Name => "ApiMapping";

    /// <inheritdoc/>
    protected override string CollectionPath => "/v2/domainnames/{domainName}/apimappings";

    /// <inheritdoc/>
    protected override string IdVariable => "apiMappingId";

    /// <inheritdoc/>
    protected override JsonTypeInfo<ApiMappingResource> Json => ResourceJson.Default.ApiMappingResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("apiId", Shape.Text(1, 64), IsRequired: true),
        new("stage", Shape.Text(1, 128), IsRequired: true),
        new("apiMappingKey", Shape.Text(0, 300)),
    ];

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        collection = Collections.Domain(call["domainName"]).Child(Collections.ApiMappings);
        return DomainNameKind.TryFind(state, call, out _);
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft) => draft["apiMappingId"] = ResourceIds.NextId();

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, ApiMappingResource candidate, ApiMappingResource? before)
    {
        if (state.Find<ApiResource>(Collections.Apis, candidate.ApiId) is null)
        {
            return ControlPlaneError.NotFound("API", $"{call.Names.AccountId}:{candidate.ApiId}");
        }

        if (state.Find<StageResource>(Collections.Of(candidate.ApiId, Collections.Stages), candidate.Stage) is null)
        {
            return ControlPlaneError.BadRequest($"Invalid stage identifier specified: the API '{candidate.ApiId}' has no stage '{candidate.Stage}'.");
        }

        var key = candidate.ApiMappingKey ?? "";
        if (KeyProblem(key) is { } problem)
        {
            return ControlPlaneError.BadRequest(problem);
        }

        _ = TryFindCollection(state, call, out var collection);
        return state.List<ApiMappingResource>(collection)
            .Any(other => (other.ApiMappingKey ?? "") == key && other.ApiMappingId != candidate.ApiMappingId)
            ? ControlPlaneError.Conflict("ApiMapping key already exists for this domain name")
            : null;
    }

    private static string? KeyProblem(string key)
    {
        if (key.StartsWith('/') || key.Contains("//", StringComparison.Ordinal))
        {
            return "API mapping key should not start with a '/' or have consecutive '/'s.";
        }

        if (key.EndsWith('/'))
        {
            return "API mapping key should not end with a '/'.";
        }

        return Key().IsMatch(key) ? null : "API mapping key can only have letters, digits, the characters $-_.+!*'() and '/' between its segments.";
    }

    [GeneratedRegex("^[A-Za-z0-9$_.+!*'()/-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
