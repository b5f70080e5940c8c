using System.Text.Json;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Server.Operations;

/// <summary>
/// <c>POST /gateway/drain</c>, <c>POST /gateway/undrain</c>, <c>POST</c> and <c>DELETE /gateway/rebalance</c>: how this node lets go of its clients, and takes that back.
/// </summary>
internal static class LeavingEndpoints
{
    private const double DefaultRatePerSecond = 20;
    private const double MaxRatePerSecond = 100_000;
    private const int MaxBodyBytes = 4096;

    /// <summary>Maps the operations.</summary>
    public static void MapLeaving(this IEndpointRouteBuilder operations)
    {
        operations.MapPost("/drain", DrainAsync);
        operations.MapPost("/undrain", Undrain);
        operations.MapPost("/rebalance", RebalanceAsync);
        operations.MapDelete("/rebalance", (Rebalance rebalance) =>
        {
            rebalance.Stop();
            return Results.NoContent();
        });
    }

    private static async Task<IResult> DrainAsync(HttpContext http, Drain drain, FleetReport fleet)
    {
        if (await ReadAsync(http) is not { } wish)
        {
            return Refused.BadRequest("The body must be a JSON object, or empty.");
        }

        TimeSpan? spread = null;
        if (wish.TryGetProperty("seconds", out var given))
        {
            if (given.ValueKind != JsonValueKind.Number || given.GetDouble() is not (>= 0 and <= 3600 and var seconds))
            {
                return Refused.BadRequest("seconds must be a number from 0 to 3600.");
            }

            spread = TimeSpan.FromSeconds(seconds);
        }

        // The same answer when it drains already: whoever asks twice wants the same.
        _ = drain.Begin(spread);
        return TypedResults.Json(await fleet.NodesAsync(http.RequestAborted), OperationEndpoints.Json);
    }

    private static async Task<IResult> Undrain(HttpContext http, Drain drain, FleetReport fleet) => drain.TryTakeBack()
        ? TypedResults.Json(await fleet.NodesAsync(http.RequestAborted), OperationEndpoints.Json)
        : Refused.Conflict("The gateway is stopping.");

    private static async Task<IResult> RebalanceAsync(HttpContext http, Drain drain, Rebalance rebalance, FleetReport fleet, ConnectionTable connections)
    {
        if (await ReadAsync(http) is not { } wish)
        {
            return Refused.BadRequest("The body must be a JSON object, or empty.");
        }

        var rate = DefaultRatePerSecond;
        if (wish.TryGetProperty("ratePerSecond", out var given)
            && (given.ValueKind != JsonValueKind.Number || (rate = given.GetDouble()) is not (> 0 and <= MaxRatePerSecond)))
        {
            return Refused.BadRequest($"ratePerSecond must be a number above 0, {MaxRatePerSecond:0} at most.");
        }

        int? target;
        var hasTarget = wish.TryGetProperty("to", out var to);
        if (!hasTarget || (to.ValueKind == JsonValueKind.String && to.ValueEquals("average")))
        {
            target = await fleet.AverageAsync(http.RequestAborted);
        }
        else if (to.ValueKind == JsonValueKind.Number && to.TryGetInt32(out var count) && count >= 0)
        {
            target = count;
        }
        else
        {
            return Refused.BadRequest("to must be \"average\" or the number of clients to keep.");
        }

        if (target is not { } keep)
        {
            return Refused.Conflict("There is no fleet whose average could be taken; give the number of clients to keep.");
        }

        if (drain.IsDraining)
        {
            return Refused.Conflict("The node drains: all its clients go.");
        }

        var before = connections.Count;
        var shedding = rebalance.Start(keep, rate);
        return TypedResults.Json(new RebalanceReport(before, keep, shedding, rate, shedding / rate), OperationEndpoints.Json, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>The body, which the check of the caller's signature may have read before; empty is as good as an empty object.</summary>
    private static async Task<JsonElement?> ReadAsync(HttpContext http)
    {
        var body = new byte[MaxBodyBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (length > MaxBodyBytes)
        {
            return null;
        }

        try
        {
            var wish = JsonSerializer.Deserialize<JsonElement>(length == 0 ? "{}"u8 : body.AsSpan(0, length));
            return wish.ValueKind == JsonValueKind.Object ? wish : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
