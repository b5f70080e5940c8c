using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>
/// The keys of usage plans, and what they have used (https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html,
/// https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html).
/// </summary>
/// <param name="findUsage">What a key has used of a plan, by plan and key; null: nothing since this node started.</param>
internal sealed class UsagePlanKeyOperations(Func<string, string, KeyUsage?> findUsage)
{
    private const string Path = $"{UsagePlanOperations.ItemPath}/keys";
    private const string ItemPath = $"{Path}/{{keyId}}";

    /// <summary>The operations.</summary>
    public IEnumerable<Operation> All =>
    [
        new("CreateUsagePlanKey", HttpMethods.Post, Path, Create),
        new("GetUsagePlanKey", HttpMethods.Get, ItemPath, Get),
        new("GetUsagePlanKeys", HttpMethods.Get, Path, List),
        new("DeleteUsagePlanKey", HttpMethods.Delete, ItemPath, Delete),
        new("GetUsage", HttpMethods.Get, $"{UsagePlanOperations.ItemPath}/usage", GetUsage),
        new("UpdateUsage", HttpMethods.Patch, $"{ItemPath}/usage", Decide: null),
    ];

    private static Decision Create(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Plan(state, call) is not { } plan)
        {
            return V1Errors.NotFound(UsagePlanOperations.Noun);
        }

        if (call.Body["keyType"]?.ToString() != "API_KEY")
        {
            return ControlPlaneError.BadRequest("Invalid key type specified. Must be one of: [API_KEY]");
        }

        if (call.Body["keyId"]?.ToString() is not { } id || state.Find<ApiKeyResource>(ApiKeyOperations.KeyOf(id)) is not { } key)
        {
            return V1Errors.NotFound("API Key");
        }

        var keys = plan.Keys ?? [];
        if (keys.Contains(id))
        {
            return ControlPlaneError.Conflict($"Usage Plan Key {id} already exists in Usage Plan {plan.Id}");
        }

        // Which plan counts a connect must be known.
        if (state.List<UsagePlanResource>(Collections.UsagePlans).FirstOrDefault(other =>
                other.Id != plan.Id && other.Keys?.Contains(id) == true && other.ApiStages.Any(plan.ApiStages.Contains)) is { } other)
        {
            return ControlPlaneError.Conflict($"API Key {id} may use a stage of this plan by Usage Plan {other.Id} already");
        }

        return new(Reply.Of(StatusCodes.Status201Created, writer => Write(writer, key)), [new(UsagePlanOperations.KeyOf(plan.Id), plan with { Keys = keys.Add(id) })]);
    }

    private static Decision Get(ControlPlaneState state, ControlPlaneCall call) =>
        TryFind(state, call, out _, out var key) is { } error ? error : Reply.Of(StatusCodes.Status200OK, writer => Write(writer, key));

    private static Decision List(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Plan(state, call) is not { } plan)
        {
            return V1Errors.NotFound(UsagePlanOperations.Noun);
        }

        var name = call.Query.TryGetValue("name", out var wanted) ? wanted.ToString() : null;
        var keys = (plan.Keys ?? []).Order(StringComparer.Ordinal)
            .Select(id => state.Find<ApiKeyResource>(ApiKeyOperations.KeyOf(id)))
            .OfType<ApiKeyResource>()
            .Where(key => name is null || key.Name?.StartsWith(name, StringComparison.Ordinal) == true);
        var limit = call.Query.TryGetValue("limit", out var given) ? given.ToString() : "25";
        return Paging.TryCut(keys, key => key.Id, limit, call.Query.GetValueOrDefault("position"), out var page) is { } error
            ? error
            : Reply.Of(StatusCodes.Status200OK, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("item"u8);
                foreach (var key in page.Items)
                {
                    Write(writer, key);
                }

                writer.WriteEndArray();
                if (page.Next is { } next)
                {
                    writer.WriteString("position"u8, next);
                }

                writer.WriteEndObject();
            });
    }

    private static Decision Delete(ControlPlaneState state, ControlPlaneCall call) =>
        TryFind(state, call, out var plan, out var key) is { } error
            ? error
            : new Decision(
                Reply.Empty(StatusCodes.Status202Accepted), [new(UsagePlanOperations.KeyOf(plan.Id), plan with { Keys = plan.Keys!.Value.Remove(key.Id) })]);

    private Decision GetUsage(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Plan(state, call) is not { } plan)
        {
            return V1Errors.NotFound(UsagePlanOperations.Noun);
        }

        if (!TryDay(call, "startDate", out var start) || !TryDay(call, "endDate", out var end) || end < start || end.DayNumber - start.DayNumber > KeyUsage.DaysKept)
        {
            return ControlPlaneError.BadRequest($"Usage start date and end date must be days such as 2026-01-31, in order, and at most {KeyUsage.DaysKept} days apart");
        }

        var wanted = call.Query.TryGetValue("keyId", out var given) ? given.ToString() : null;
        var keys = (plan.Keys ?? []).Where(id => wanted is null || id == wanted).Order(StringComparer.Ordinal);
        var limit = call.Query.TryGetValue("limit", out var most) ? most.ToString() : "25";
        return Paging.TryCut(keys, id => id, limit, call.Query.GetValueOrDefault("position"), out var page) is { } error
            ? error
            : Reply.Of(StatusCodes.Status200OK, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("usagePlanId"u8, plan.Id);
                writer.WriteString("startDate"u8, start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                writer.WriteString("endDate"u8, end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                writer.WriteStartObject("values"u8);
                foreach (var id in page.Items)
                {
                    WriteUsage(writer, id, findUsage(plan.Id, id), plan.Quota?.Limit ?? 0, start, end);
                }

                writer.WriteEndObject();
                if (page.Next is { } next)
                {
                    writer.WriteString("position"u8, next);
                }

                writer.WriteEndObject();
            });
    }

    /// <summary>For each day what was used and what was left of the quota at its end.</summary>
    private static void WriteUsage(Utf8JsonWriter writer, string keyId, KeyUsage? usage, long quota, DateOnly start, DateOnly end)
    {
        writer.WriteStartArray(keyId);
        for (var day = start; day <= end; day = day.AddDays(1))
        {
            var (used, remaining) = usage?.OfDay(day) ?? (0, quota);
            writer.WriteStartArray();
            writer.WriteNumberValue(used);
            writer.WriteNumberValue(remaining);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ApiKeyResource key)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, key.Id);
        writer.WriteString("type"u8, "API_KEY"u8);
        writer.WriteString("value"u8, key.Value);
        if (key.Name is not null)
        {
            writer.WriteString("name"u8, key.Name);
        }

        writer.WriteEndObject();
    }

    private static ControlPlaneError? TryFind(ControlPlaneState state, ControlPlaneCall call, out UsagePlanResource plan, out ApiKeyResource key)
    {
        (plan, key) = (Plan(state, call)!, null!);
        if (plan is null)
        {
            return V1Errors.NotFound(UsagePlanOperations.Noun);
        }

        key = plan.Keys?.Contains(call["keyId"]) == true ? state.Find<ApiKeyResource>(ApiKeyOperations.KeyOf(call["keyId"]))! : null!;
        return key is null ? V1Errors.NotFound("Usage Plan Key") : null;
    }

    private static UsagePlanResource? Plan(ControlPlaneState state, ControlPlaneCall call) =>
        state.Find<UsagePlanResource>(UsagePlanOperations.KeyOf(call["usageplanId"]));

    private static bool TryDay(ControlPlaneCall call, string name, out DateOnly day)
    {
        day = default;
        return call.Query.TryGetValue(name, out var text)
            && DateOnly.TryParseExact(text.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }
}
