using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.V2;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>API keys (https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html and its neighbours).</summary>
internal static class ApiKeyOperations
{
    private const string Path = "/apikeys";
    private const string ItemPath = "/apikeys/{api_Key}";
    private const string Noun = "API Key";
    private const string ValueLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The length of a value that the gateway makes.</summary>
    private const int GeneratedLength = 40;

    private static readonly ImmutableArray<Member> Members =
    [
        new("name", Shape.Text(1, 1024)),
        new("description", Shape.Text(0, 1024)),
        new("enabled", Shape.Boolean),
        new("generateDistinctId", Shape.Boolean),
        new("value", Shape.Text(20, 128)),
        new("customerId", Shape.Text(0, 1024)),
        new("stageKeys", Shape.List(Shape.Object(), 0)),
        new("tags", Tags.Shape),
    ];

    /// <summary>Create, get, list, update and delete.</summary>
    public static IEnumerable<Operation> All =>
    [
        new("ImportApiKeys", HttpMethods.Post, Path, Decide: null) { QueryMarker = "mode=import" },
        new("CreateApiKey", HttpMethods.Post, Path, Create),
        new("GetApiKey", HttpMethods.Get, ItemPath, Get),
        new("GetApiKeys", HttpMethods.Get, Path, List),
        new("UpdateApiKey", HttpMethods.Patch, ItemPath, Update),
        new("DeleteApiKey", HttpMethods.Delete, ItemPath, Delete),
    ];

    /// <summary>The key of an API key in the state.</summary>
    public static ResourceKey KeyOf(string id) => new(Collections.ApiKeys, id);

    private static Decision Create(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Members.Select(member => member.Check(call.Body, isUpdate: false)).FirstOrDefault(problem => problem is not null) is { } wrong)
        {
            return ControlPlaneError.BadRequest(wrong);
        }

        var draft = new JsonObject();
        Member.ApplyAll(Members, call.Body, draft);
        draft.Remove("generateDistinctId");
        draft["id"] = ResourceIds.NextApiId();
        draft["createdDate"] = call.Time.ToUnixTimeSeconds();
        draft["lastUpdatedDate"] = call.Time.ToUnixTimeSeconds();
        draft["stageKeys"] = new JsonArray();
        draft.TryAdd("enabled", false);
        draft.TryAdd("value", RandomNumberGenerator.GetString(ValueLetters, GeneratedLength));
        var created = draft.Deserialize(ResourceJson.Default.ApiKeyResource)!;
        return state.List<ApiKeyResource>(Collections.ApiKeys).Any(key => key.Value == created.Value)
            ? ControlPlaneError.Conflict("API Key already exists")
            : new Decision(Reply.Of(StatusCodes.Status201Created, created, ResourceJson.Default.ApiKeyResource), [new(KeyOf(created.Id), created)]);
    }

    private static Decision Get(ControlPlaneState state, ControlPlaneCall call) =>
        state.Find<ApiKeyResource>(KeyOf(call["api_Key"])) is { } key
            ? Reply.Of(StatusCodes.Status200OK, Present(key, IsTrue(call, "includeValue")), ResourceJson.Default.ApiKeyResource)
            : V1Errors.NotFound(Noun);

    private static Decision List(ControlPlaneState state, ControlPlaneCall call)
    {
        var name = call.Query.TryGetValue("name", out var wanted) ? wanted.ToString() : null;
        var customer = call.Query.TryGetValue("customerId", out wanted) ? wanted.ToString() : null;
        var includesValues = IsTrue(call, "includeValues");
        return V1Lists.Page(
            call,
            state.List<ApiKeyResource>(Collections.ApiKeys)
                .Where(key => name is null || key.Name?.StartsWith(name, StringComparison.Ordinal) == true)
                .Where(key => customer is null || key.CustomerId == customer)
                .Select(key => Present(key, includesValues)),
            key => key.Id,
            ResourceJson.Default.ApiKeyResource);
    }

    private static Decision Update(ControlPlaneState state, ControlPlaneCall call)
    {
        if (state.Find<ApiKeyResource>(KeyOf(call["api_Key"])) is not { } key)
        {
            return V1Errors.NotFound(Noun);
        }

        if (PatchOperation.TryRead(call.Body, out var operations) is { } malformed)
        {
            return malformed;
        }

        foreach (var operation in operations)
        {
            if (Apply(operation, ref key) is { } error)
            {
                return error;
            }
        }

        key = key with { LastUpdatedDate = call.Time.ToUnixTimeSeconds() };
        return new(Reply.Of(StatusCodes.Status200OK, Present(key, includesValue: false), ResourceJson.Default.ApiKeyResource), [new(KeyOf(key.Id), key)]);
    }

    private static ControlPlaneError? Apply(PatchOperation operation, ref ApiKeyResource key)
    {
        switch (operation.Path)
        {
            case "/name":
                key = key with { Name = operation.TextOrNothing };
                return null;
            case "/description":
                key = key with { Description = operation.TextOrNothing };
                return null;
            case "/customerId":
                key = key with { CustomerId = operation.TextOrNothing };
                return null;
            case "/enabled" when operation.TryBoolean(out var enabled):
                key = key with { Enabled = enabled };
                return null;
            case "/enabled":
                return operation.InvalidValue();
            default:
                return operation.InvalidPath();
        }
    }

    private static Decision Delete(ControlPlaneState state, ControlPlaneCall call)
    {
        var id = call["api_Key"];
        if (state.Find<ApiKeyResource>(KeyOf(id)) is null)
        {
            return V1Errors.NotFound(Noun);
        }

        // As on AWS, a key that goes leaves its plans.
        var plans = state.List<UsagePlanResource>(Collections.UsagePlans)
            .Where(plan => plan.Keys?.Contains(id) == true)
            .Select(plan => new ResourceChange(UsagePlanOperations.KeyOf(plan.Id), plan with { Keys = plan.Keys!.Value.Remove(id) }));
        return new(Reply.Empty(StatusCodes.Status202Accepted), [new(KeyOf(id), null), .. plans]);
    }

    private static ApiKeyResource Present(ApiKeyResource key, bool includesValue) => includesValue ? key : key with { Value = null };

    private static bool IsTrue(ControlPlaneCall call, string name) => call.Query.TryGetValue(name, out var value) && bool.TryParse(value, out var isTrue) && isTrue;
}
