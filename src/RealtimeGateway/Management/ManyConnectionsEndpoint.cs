using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Buffers;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.FrontDoor;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Management;

/// <summary>
/// <c>POST /{stage}/@connections</c>: one message to many connections. AWS has no such call; each connection fares as if it had been pushed to by itself, and
/// the answer says how: <c>{"queued": n}</c>, and the ids of all others in <c>gone</c> (410), <c>limited</c> (429), <c>unreachable</c> (503) and
/// <c>unknown</c> (504).
/// </summary>
internal sealed class ManyConnectionsEndpoint(FanOut fanOut, CallerCheck callers, CallNames names)
{
    /// <summary>Whether a call belongs here, by its method and what follows the stage in its raw path.</summary>
    // SDKs send the "@" as it is, the guide's examples as "%40".
    public static bool IsMatch(string method, ReadOnlySpan<char> rest) => method == "POST" && rest is "/@connections" or "/%40connections";

    /// <summary>Serves one call: the caller is judged first, then the size and the form of the body, and last the rate.</summary>
    /// <returns>What came of it; none: the call was refused.</returns>
    public async Task<PushTally> HandleAsync(HttpContext http, StageSlot slot)
    {
        var stage = slot.Current;
        using var body = new PooledBufferWriter();
        if (callers.Begin(http, stage.Identity, out var pending) is { } refusal)
        {
            return await RefuseAsync(http, Refusal.Of(refusal));
        }

        if (!await PushCall.TryReadBodyAsync(http, ManyPushesBody.MaxBytes(stage.Limits.MaxMessageBytes), body))
        {
            PushCall.WriteTooLarge(http);
            return default;
        }

        if (pending is { } claim && callers.Complete(http, stage.Identity, claim, body.WrittenSpan) is { } late)
        {
            return await RefuseAsync(http, Refusal.Of(late));
        }

        using var parsed = new ManyPushesBody();
        if (parsed.Read(body.WrittenSpan) is { } mistake)
        {
            return await RefuseAsync(http, BadRequest(mistake));
        }

        var wantsBinary = PushCall.WantsBinary(http.Request);
        if (wantsBinary ? !stage.AllowBinary : parsed.IsBase64)
        {
            return await RefuseAsync(http, wantsBinary ? PushCall.NoBinary : BadRequest("base64: A binary message needs the header x-rg-message-type: binary."));
        }

        if (parsed.Payload.Length > stage.Limits.MaxMessageBytes)
        {
            PushCall.WriteTooLarge(http);
            return default;
        }

        return await PostAsync(http, stage, new ManyPosts(parsed.Ids, stage.Identity.ApiId, parsed.Payload, wantsBinary, PushCall.NameOf(http.Request)));
    }

    private async Task<PushTally> PostAsync(HttpContext http, CompiledStage stage, ManyPosts post)
    {
        var count = post.Ids.Length;
        var granted = TakeTokens(stage.AccountThrottle, count);
        if (granted == 0 && count > 0)
        {
            return await RefuseAsync(http, Refusal.TooManyRequests);
        }

        var outcomes = ArrayPool<DeliveryOutcome>.Shared.Rent(count);
        try
        {
            await fanOut.PostAsync(post with { Ids = post.Ids[..granted] }, outcomes.AsMemory(0, granted), http.RequestAborted);
            outcomes.AsSpan(granted, count - granted).Fill(DeliveryOutcome.Full);
            return await AnswerAsync(http, post.Ids, outcomes.AsMemory(0, count));
        }
        finally
        {
            ArrayPool<DeliveryOutcome>.Shared.Return(outcomes);
        }
    }

    /// <summary>Takes a token for each connection, as a push to it would, or as many as there are.</summary>
    private static int TakeTokens(TokenBucket? bucket, int wanted)
    {
        if (bucket is null)
        {
            return wanted;
        }

        var granted = 0;
        for (var step = Math.Min(wanted, bucket.Burst); step > 0; step = Math.Min(step, wanted - granted))
        {
            if (bucket.TryTake(step))
            {
                granted += step;
            }
            else
            {
                step /= 2;
            }
        }

        return granted;
    }

    private async Task<PushTally> AnswerAsync(HttpContext http, ReadOnlyMemory<ConnectionId> ids, ReadOnlyMemory<DeliveryOutcome> outcomes)
    {
        using var body = new PooledBufferWriter();
        var tally = Write(body, ids.Span, outcomes.Span);
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.WrittenCount;
        names.AddTo(http);
        await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
        return tally;
    }

    private static PushTally Write(PooledBufferWriter body, ReadOnlySpan<ConnectionId> ids, ReadOnlySpan<DeliveryOutcome> outcomes)
    {
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        var queued = outcomes.Count(DeliveryOutcome.Done);
        var repeated = outcomes.Count(DeliveryOutcome.Repeated);
        json.WriteNumber("queued"u8, queued + repeated);
        var tally = new PushTally(
            queued,
            repeated,
            WriteIds(json, "gone"u8, DeliveryOutcome.Gone, ids, outcomes),
            WriteIds(json, "limited"u8, DeliveryOutcome.Full, ids, outcomes),
            WriteIds(json, "unreachable"u8, DeliveryOutcome.Unreachable, ids, outcomes),
            WriteIds(json, "unknown"u8, DeliveryOutcome.Unknown, ids, outcomes));
        json.WriteEndObject();
        return tally;
    }

    /// <summary>Writes which connections fared so, and nothing when none did.</summary>
    private static int WriteIds(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, DeliveryOutcome outcome, ReadOnlySpan<ConnectionId> ids, ReadOnlySpan<DeliveryOutcome> outcomes)
    {
        var count = 0;
        Span<byte> text = stackalloc byte[ConnectionId.TextLength];
        for (var i = 0; i < ids.Length; i++)
        {
            if (outcomes[i] != outcome)
            {
                continue;
            }

            if (count++ == 0)
            {
                json.WriteStartArray(name);
            }

            _ = ids[i].TryFormat(text, out _);
            json.WriteStringValue(text);
        }

        if (count > 0)
        {
            json.WriteEndArray();
        }

        return count;
    }

    private async Task<PushTally> RefuseAsync(HttpContext http, Refusal refusal)
    {
        await refusal.WriteAsync(http, names);
        return default;
    }

    private static Refusal BadRequest(string message) => Refusal.Of(StatusCodes.Status400BadRequest, "BadRequestException", message);
}
