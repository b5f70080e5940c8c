using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.V2;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>Usage plans (https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html and its neighbours).</summary>
internal static class UsagePlanOperations
{
    /// <summary>What errors call a plan.</summary>
    public const string Noun = "Usage Plan ID";

    /// <summary>The path of one plan.</summary>
    public const string ItemPath = "/usageplans/{usageplanId}";

    private const string Path = "/usageplans";

    private static readonly ImmutableArray<Member> Members =
    [
        new("name", Shape.Text(1, 1024), IsRequired: true),
        new("description", Shape.Text(0, 1024)),
        new("apiStages", Shape.List(Shape.Object(
            new Member("apiId", Shape.Text(1, 64), IsRequired: true), new Member("stage", Shape.Text(1, 128), IsRequired: true)), 500)),
        new("throttle", Shape.Object(new Member("rateLimit", Shape.Number(0, 1e12)), new Member("burstLimit", Shape.Integer(0, int.MaxValue)))),
        new("quota", Shape.Object(
            new Member("limit", Shape.Integer(0, int.MaxValue)),
            new Member("offset", Shape.Integer(0, 0)),
            new Member("period", Shape.OneOf("DAY", "WEEK", "MONTH")))),
        new("tags", Tags.Shape),
    ];

    /// <summary>Create, get, list, update and delete.</summary>
    public static IEnumerable<Operation> All =>
    [
        new("CreateUsagePlan", HttpMethods.Post, Path, Create),
        new("GetUsagePlan", HttpMethods.Get, ItemPath, Get),
        new("GetUsagePlans", HttpMethods.Get, Path, List),
        new("UpdateUsagePlan", HttpMethods.Patch, ItemPath, Update),
        new("DeleteUsagePlan", HttpMethods.Delete, ItemPath, Delete),
    ];

    /// <summary>The key of a plan in the state.</summary>
    public static ResourceKey KeyOf(string id) => new(Collections.UsagePlans, id);

    private static Decision Create(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Members.Select(member => member.Check(call.Body, isUpdate: false)).FirstOrDefault(problem => problem is not null) is { } wrong)
        {
            return ControlPlaneError.BadRequest(wrong);
        }

        var draft = new JsonObject();
        Member.ApplyAll(Members, call.Body, draft);
        draft["id"] = ResourceIds.NextId();
        draft.TryAdd("apiStages", new JsonArray());
        if (draft["quota"] is JsonObject quota && (quota["limit"] is null || quota["period"] is null))
        {
            return ControlPlaneError.BadRequest("Usage Plan quota must have a limit and a period.");
        }

        if (call.Body["apiStages"] is JsonArray stages && stages.Any(stage => stage!["throttle"] is JsonObject { Count: > 0 }))
        {
            return PerMethodThrottle;
        }

        var plan = draft.Deserialize(ResourceJson.Default.UsagePlanResource)!;
        var added = plan with { ApiStages = [] };
        foreach (var stage in plan.ApiStages)
        {
            if (AddStage(state, stage, ref added) is { } error)
            {
                return error;
            }
        }

        return new(Answer(StatusCodes.Status201Created, added), [new(KeyOf(added.Id), added)]);
    }

    private static Decision Get(ControlPlaneState state, ControlPlaneCall call) =>
        Find(state, call) is { } plan ? Answer(StatusCodes.Status200OK, plan) : V1Errors.NotFound(Noun);

    private static Decision List(ControlPlaneState state, ControlPlaneCall call)
    {
        var key = call.Query.TryGetValue("keyId", out var wanted) ? wanted.ToString() : null;
        return V1Lists.Page(
            call,
            state.List<UsagePlanResource>(Collections.UsagePlans).Where(plan => key is null || plan.Keys?.Contains(key) == true).Select(Present),
            plan => plan.Id,
            ResourceJson.Default.UsagePlanResource);
    }

    private static Decision Update(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Find(state, call) is not { } plan)
        {
            return V1Errors.NotFound(Noun);
        }

        if (PatchOperation.TryRead(call.Body, out var operations) is { } malformed)
        {
            return malformed;
        }

        foreach (var operation in operations)
        {
            if (Apply(state, operation, ref plan) is { } error)
            {
                return error;
            }
        }

        return plan.Quota is { Period: "" } or { Limit: < 0 }
            ? ControlPlaneError.BadRequest("Usage Plan quota must have a limit and a period.")
            : new Decision(Answer(StatusCodes.Status200OK, plan), [new(KeyOf(plan.Id), plan)]);
    }

    private static Decision Delete(ControlPlaneState state, ControlPlaneCall call) => Find(state, call) switch
    {
        null => V1Errors.NotFound(Noun),
        { ApiStages.IsEmpty: false } plan => ControlPlaneError.BadRequest(
            $"Cannot delete Usage Plan {plan.Id} because API Stages are associated with it. Please remove all API stages from the usage plan before deleting."),
        var plan => new Decision(Reply.Empty(StatusCodes.Status202Accepted), [new(KeyOf(plan.Id), null)]),
    };

    private static ControlPlaneError? Apply(ControlPlaneState state, PatchOperation operation, ref UsagePlanResource plan)
    {
        switch (operation.Path)
        {
            case "/name" when operation.TextOrNothing is { } name:
                plan = plan with { Name = name };
                return null;
            case "/name":
                return operation.InvalidValue();
            case "/description":
                plan = plan with { Description = operation.TextOrNothing };
                return null;
            case "/productCode":
                plan = plan with { ProductCode = operation.TextOrNothing };
                return null;
            case "/apiStages":
                return ApplyStage(state, operation, ref plan);
            case ['/', 'a', 'p', 'i', 'S', 't', 'a', 'g', 'e', 's', '/', ..]:
                return PerMethodThrottle;
            default:
                return operation.Path.StartsWith("/throttle", StringComparison.Ordinal) ? ApplyThrottle(operation, ref plan) : ApplyQuota(operation, ref plan);
        }
    }

    private static ControlPlaneError? ApplyStage(ControlPlaneState state, PatchOperation operation, ref UsagePlanResource plan)
    {
        if (operation.Value?.Split(':') is not [{ Length: > 0 } api, { Length: > 0 } name])
        {
            return operation.InvalidValue();
        }

        var stage = new UsagePlanStage { ApiId = api, Stage = name };
        if (operation.Sets)
        {
            return AddStage(state, stage, ref plan);
        }

        plan = plan with { ApiStages = plan.ApiStages.Remove(stage) };
        return null;
    }

    private static ControlPlaneError? AddStage(ControlPlaneState state, UsagePlanStage stage, ref UsagePlanResource plan)
    {
        if (state.Find<StageResource>(Collections.Of(stage.ApiId, Collections.Stages), stage.Stage) is null)
        {
            return new ControlPlaneError(StatusCodes.Status404NotFound, "NotFoundException", $"API Stage not found: {stage.ApiId}:{stage.Stage}");
        }

        if (plan.ApiStages.Contains(stage))
        {
            return ControlPlaneError.Conflict($"API Stage {stage.ApiId}:{stage.Stage} is already associated with Usage Plan {plan.Id}");
        }

        plan = plan with { ApiStages = plan.ApiStages.Add(stage) };
        return null;
    }

    private static ControlPlaneError? ApplyThrottle(PatchOperation operation, ref UsagePlanResource plan)
    {
        var throttle = plan.Throttle ?? new UsagePlanThrottle();
        switch (operation.Path)
        {
            case "/throttle" when operation.Op == "remove":
                plan = plan with { Throttle = null };
                return null;
            case "/throttle/rateLimit" when operation.Sets && operation.TryNumber(out var rate):
                plan = plan with { Throttle = throttle with { RateLimit = rate } };
                return null;
            case "/throttle/burstLimit" when operation.Sets && operation.TryInteger(out var burst):
                plan = plan with { Throttle = throttle with { BurstLimit = burst } };
                return null;
            case "/throttle/rateLimit" or "/throttle/burstLimit":
                return operation.InvalidValue();
            default:
                return operation.InvalidPath();
        }
    }

    private static ControlPlaneError? ApplyQuota(PatchOperation operation, ref UsagePlanResource plan)
    {
        // A quota may be put together step by step; what is still missing at the end is told then.
        var quota = plan.Quota ?? new UsagePlanQuota { Limit = -1, Period = "" };
        switch (operation.Path)
        {
            case "/quota" when operation.Op == "remove":
                plan = plan with { Quota = null };
                return null;
            case "/quota/limit" when operation.Sets && operation.TryInteger(out var limit):
                plan = plan with { Quota = quota with { Limit = limit } };
                return null;
            case "/quota/offset" when operation.Sets && operation.TryInteger(out var offset):
                plan = plan with { Quota = quota };
                return offset == 0 ? null : ControlPlaneError.BadRequest("A quota starts with its period here; the only possible offset is 0.");
            case "/quota/period" when operation.Sets && operation.Value is "DAY" or "WEEK" or "MONTH":
                plan = plan with { Quota = quota with { Period = operation.Value! } };
                return null;
            case "/quota/limit" or "/quota/offset" or "/quota/period":
                return operation.InvalidValue();
            default:
                return operation.InvalidPath();
        }
    }

    private static ControlPlaneError PerMethodThrottle { get; } =
        ControlPlaneError.BadRequest("Rates for single methods of a stage are not possible; set them as route settings of the stage.");

    private static UsagePlanResource? Find(ControlPlaneState state, ControlPlaneCall call) => state.Find<UsagePlanResource>(KeyOf(call["usageplanId"]));

    private static UsagePlanResource Present(UsagePlanResource plan) => plan with { Keys = null };

    private static Reply Answer(int status, UsagePlanResource plan) => Reply.Of(status, Present(plan), ResourceJson.Default.UsagePlanResource);
}
