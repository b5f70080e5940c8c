using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>A kind of resource that an API has.</summary>
internal abstract class ApiChildKind<T> : ResourceKind<T>
    where T : Resource
{
    /// <summary>The collection's name within the API.</summary>
    protected abstract string CollectionName { get; }

    /// <inheritdoc/>
    protected override string CollectionPath => $"/v2/apis/{{apiId}}/{CollectionName}";

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        collection = Collections.Of(call["apiId"], CollectionName);
        return ApiKind.TryFind(state, call, out _);
    }

    /// <summary>A resource of another kind of the same API.</summary>
    protected static TOther? Find<TOther>(ControlPlaneState state, ControlPlaneCall call, string collection, string? id)
        where TOther : Resource => state.Find<TOther>(Collections.Of(call["apiId"], collection), id);

    /// <summary>The resources of another kind of the same API.</summary>
    protected static IEnumerable<TOther> List<TOther>(ControlPlaneState state, ControlPlaneCall call, string collection)
        where TOther : Resource => state.List<TOther>(Collections.Of(call["apiId"], collection));
}
