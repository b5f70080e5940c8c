using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>
/// A kind of resource of apigatewayv2 and its five operations, which differ from kind to kind only in members, defaults and rules. All of it is pure.
/// </summary>
internal abstract class ResourceKind<T>
    where T : Resource
{
    /// <summary>AWS's name, for example <c>RouteResponse</c>; operations and errors are named after it.</summary>
    protected abstract string Name { get; }

    /// <summary>The path of the collection, for example <c>/v2/apis/{apiId}/routes</c>.</summary>
    protected abstract string CollectionPath { get; }

    /// <summary>The variable of the path that holds the id.</summary>
    protected abstract string IdVariable { get; }

    /// <summary>The form of the resource.</summary>
    protected abstract JsonTypeInfo<T> Json { get; }

    /// <summary>The members that requests set.</summary>
    protected abstract ImmutableArray<Member> Members { get; }

    /// <summary>The status that a deletion answers.</summary>
    protected virtual int DeletedStatus => StatusCodes.Status204NoContent;

    /// <summary>Create, get, list, update and delete.</summary>
    public virtual IEnumerable<Operation> Operations =>
    [
        new($"Create{Name}", HttpMethods.Post, CollectionPath, Create),
        new($"Get{Name}", HttpMethods.Get, ItemPath, Get),
        new($"Get{Name}s", HttpMethods.Get, CollectionPath, List),
        new($"Update{Name}", HttpMethods.Patch, ItemPath, Update),
        new($"Delete{Name}", HttpMethods.Delete, ItemPath, Delete),
    ];

    /// <summary>The path of one resource.</summary>
    protected string ItemPath => $"{CollectionPath}/{{{IdVariable}}}";

    /// <summary>Finds the collection that a call names; an error when what it is below is not there.</summary>
    protected abstract ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection);

    /// <summary>Sets the id, the times and every default that the request left out.</summary>
    protected abstract void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft);

    /// <summary>Sets the defaults that hold also after an update has taken a member away.</summary>
    protected virtual void SetDefaults(JsonObject draft)
    {
    }

    /// <summary>Checks what shapes cannot tell. <paramref name="before"/> is null for a new resource.</summary>
    protected abstract ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, T candidate, T? before);

    /// <summary>Says why a resource must stay; null: it may go.</summary>
    protected virtual ControlPlaneError? CheckDelete(ControlPlaneState state, ControlPlaneCall call, T resource) => null;

    /// <summary>Checks a request before its resource is made, for members that resources do not keep.</summary>
    protected virtual ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call) => null;

    /// <summary>Sets what an update changes by itself, such as its time.</summary>
    protected virtual T Touch(ControlPlaneCall call, T resource) => resource;

    /// <summary>The changes besides the resource itself when it is created or updated.</summary>
    protected virtual IEnumerable<ResourceChange> Follow(ControlPlaneState state, ControlPlaneCall call, T resource, T? before) => [];

    /// <summary>The resource as it is answered: with what depends on who asks.</summary>
    protected virtual T Present(ControlPlaneCall call, T resource) => resource;

    /// <summary>Finds the resource that a call names.</summary>
    protected ControlPlaneError? TryFind(ControlPlaneState state, ControlPlaneCall call, out ResourceKey key, out T resource)
    {
        (key, resource) = (default, null!);
        if (TryFindCollection(state, call, out var collection) is { } error)
        {
            return error;
        }

        key = new(collection, call[IdVariable]);
        resource = state.Find<T>(key)!;
        return resource is null ? ControlPlaneError.NotFound(Name, call[IdVariable]) : null;
    }

    /// <summary>Answers one resource and changes it.</summary>
    protected Decision Changed(ControlPlaneCall call, int status, ResourceKey key, T resource, IEnumerable<ResourceChange> others) =>
        new(Reply.Of(status, Present(call, resource), Json), [new(key, resource), .. others]);

    private Decision Create(ControlPlaneState state, ControlPlaneCall call)
    {
        if (TryFindCollection(state, call, out var collection) is { } missing)
        {
            return missing;
        }

        if (CheckMembers(call.Body, isUpdate: false) is { } wrong)
        {
            return wrong;
        }

        if (CheckRequest(state, call) is { } refused)
        {
            return refused;
        }

        JsonObject draft = [];
        Member.ApplyAll(Members, call.Body, draft);
        Complete(state, call, draft);
        SetDefaults(draft);
        var candidate = draft.Deserialize(Json)!;
        return Check(state, call, candidate, before: null) is { } error
            ? error
            : Changed(call, StatusCodes.Status201Created, new(collection, candidate.Id), candidate, Follow(state, call, candidate, before: null));
    }

    private Decision Get(ControlPlaneState state, ControlPlaneCall call) =>
        TryFind(state, call, out _, out var resource) is { } error ? error : Reply.Of(StatusCodes.Status200OK, Present(call, resource), Json);

    private Decision List(ControlPlaneState state, ControlPlaneCall call)
    {
        if (TryFindCollection(state, call, out var collection) is { } missing)
        {
            return missing;
        }

        var limit = call.Query.GetValueOrDefault("maxResults");
        if (Paging.TryCut(state.List<T>(collection), item => item.Id, limit, call.Query.GetValueOrDefault("nextToken"), out var page) is { } error)
        {
            return error;
        }

        return Reply.Of(StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var item in page.Items)
            {
                JsonSerializer.Serialize(writer, Present(call, item), Json);
            }

            writer.WriteEndArray();
            if (page.Next is { } next)
            {
                writer.WriteString("nextToken"u8, next);
            }

            writer.WriteEndObject();
        });
    }

    private Decision Update(ControlPlaneState state, ControlPlaneCall call)
    {
        if (TryFind(state, call, out var key, out var before) is { } missing)
        {
            return missing;
        }

        if (CheckMembers(call.Body, isUpdate: true) is { } wrong)
        {
            return wrong;
        }

        if (CheckRequest(state, call) is { } refused)
        {
            return refused;
        }

        var draft = JsonSerializer.SerializeToNode(before, Json)!.AsObject();
        Member.ApplyAll(Members, call.Body, draft);
        SetDefaults(draft);
        var candidate = Touch(call, draft.Deserialize(Json)!);
        return Check(state, call, candidate, before) is { } error
            ? error
            : Changed(call, StatusCodes.Status200OK, key, candidate, Follow(state, call, candidate, before));
    }

    private Decision Delete(ControlPlaneState state, ControlPlaneCall call)
    {
        if (TryFind(state, call, out var key, out var resource) is { } missing)
        {
            return missing;
        }

        if (CheckDelete(state, call, resource) is { } error)
        {
            return error;
        }

        var below = state.Stored.Below(key).Select(child => new ResourceChange(child, null));
        return new(Reply.Empty(DeletedStatus), [new(key, null), .. below, .. Abandon(state, key, resource)]);
    }

    /// <summary>The changes elsewhere when a resource is deleted; what is below it goes by itself.</summary>
    protected virtual IEnumerable<ResourceChange> Abandon(ControlPlaneState state, ResourceKey key, T resource) => [];

    private ControlPlaneError? CheckMembers(JsonObject body, bool isUpdate) =>
        Members.Select(member => member.Check(body, isUpdate)).FirstOrDefault(problem => problem is not null) is { } problem
            ? ControlPlaneError.BadRequest(problem)
            : null;
}
