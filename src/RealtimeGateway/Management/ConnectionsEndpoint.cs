using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using System.Text;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Buffers;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.FrontDoor;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Management;

/// <summary>
/// <c>@connections</c>: how back ends push to a client, ask about it and close it. Statuses, headers and bodies are Amazon API Gateway's
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).
/// </summary>
internal sealed class ConnectionsEndpoint(ConnectionRouter router, CallerCheck callers, CallNames names)
{
    /// <summary>Whether what follows the stage in a raw path belongs here; then <paramref name="id"/> is the last segment, decoded.</summary>
    public static bool TryMatch(ReadOnlySpan<char> rest, out string id)
    {
        id = "";
        if (!rest.StartsWith("/", StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest[1..];
        var slash = rest.IndexOf('/');
        // SDKs send the "@" as it is, the guide's examples as "%40".
        if (slash < 0 || Uri.UnescapeDataString(rest[..slash].ToString()) != "@connections")
        {
            return false;
        }

        id = Uri.UnescapeDataString(rest[(slash + 1)..].ToString());
        return !id.Contains('/');
    }

    /// <summary>Serves one call: the id is judged first, then the caller, then the size of the body, and last whether the connection is there.</summary>
    public async Task HandleAsync(HttpContext http, StageSlot slot, string idText)
    {
        if (!ConnectionId.TryParse(idText, out var id))
        {
            await Refusal.Of(StatusCodes.Status400BadRequest, "BadRequestException", $"Invalid connectionId: {idText}").WriteAsync(http, names);
            return;
        }

        var stage = slot.Current;
        using var body = new PooledBufferWriter();
        if (callers.Begin(http, stage.Identity, out var pending) is { } refusal)
        {
            await Refusal.Of(refusal).WriteAsync(http, names);
        }
        else if ((pending is not null || HttpMethods.IsPost(http.Request.Method))
            && !await PushCall.TryReadBodyAsync(http, stage.Limits.MaxMessageBytes, body))
        {
            PushCall.WriteTooLarge(http);
        }
        else if (pending is { } claim && callers.Complete(http, stage.Identity, claim, body.WrittenSpan) is { } late)
        {
            await Refusal.Of(late).WriteAsync(http, names);
        }
        else if (!Throttles.TryTake(null, stage.AccountThrottle))
        {
            await Refusal.TooManyRequests.WriteAsync(http, names);
        }
        else
        {
            await (http.Request.Method switch
            {
                "POST" => PostAsync(http, stage, id, body),
                "GET" => GetAsync(http, stage, id),
                "DELETE" => DeleteAsync(http, stage, id),
                _ => Refusal.Forbidden.WriteAsync(http, names),
            });
        }
    }

    private async Task PostAsync(HttpContext http, CompiledStage stage, ConnectionId id, PooledBufferWriter body)
    {
        var wantsBinary = PushCall.WantsBinary(http.Request);
        if (wantsBinary && !stage.AllowBinary)
        {
            await PushCall.NoBinary.WriteAsync(http, names);
            return;
        }

        var key = PushCall.NameOf(http.Request).KeyFor(id, body.WrittenSpan, wantsBinary);
        if (!wantsBinary && !Utf8.IsValid(body.WrittenSpan))
        {
            ReplaceInvalidUtf8(body);
        }

        var outcome = await router.PostAsync(id, stage.Identity.ApiId, body.WrittenMemory, wantsBinary, key, http.RequestAborted);
        if (outcome is not (DeliveryOutcome.Done or DeliveryOutcome.Repeated))
        {
            await RefusalOf(outcome).WriteAsync(http, names);
            return;
        }

        if (outcome == DeliveryOutcome.Repeated)
        {
            http.Features.Set(RepeatedPush.Instance);
        }

        WriteHead(http, StatusCodes.Status200OK);
        http.Response.ContentLength = 0;
    }

    private async Task GetAsync(HttpContext http, CompiledStage stage, ConnectionId id)
    {
        var (outcome, description) = await router.GetAsync(id, stage.Identity.ApiId, http.RequestAborted);
        if (outcome != DeliveryOutcome.Done || description is not { } shown)
        {
            await RefusalOf(outcome).WriteAsync(http, names);
            return;
        }

        var body = Print(shown);
        WriteHead(http, StatusCodes.Status200OK);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async Task DeleteAsync(HttpContext http, CompiledStage stage, ConnectionId id)
    {
        var outcome = await router.DeleteAsync(id, stage.Identity.ApiId, http.RequestAborted);
        if (outcome != DeliveryOutcome.Done)
        {
            await RefusalOf(outcome).WriteAsync(http, names);
            return;
        }

        WriteHead(http, StatusCodes.Status204NoContent);
    }

    private static Refusal RefusalOf(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Gone => Refusal.Gone,
        DeliveryOutcome.Full => Refusal.LimitExceeded,
        DeliveryOutcome.Unreachable => Refusal.Unreachable,
        _ => Refusal.Unanswered,
    };

    private void WriteHead(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        names.AddTo(http);
    }

    /// <summary>The description with AWS's own spacing, since people compare it as text.</summary>
    private static byte[] Print(in ConnectionDescription shown)
    {
        var userAgent = shown.UserAgent is { } text ? $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"" : "null";
        return Encoding.UTF8.GetBytes($$"""
            {
              "identity" : {
                "sourceIp" : "{{shown.SourceIp}}",
                "userAgent" : {{userAgent}}
              },
              "connectedAt" : "{{Print(shown.ConnectedAt)}}",
              "lastActiveAt" : "{{Print(shown.LastActiveAt)}}"
            }
            """);
    }

    private static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A text message is UTF-8; what is not becomes U+FFFD, as on AWS.</summary>
    private static void ReplaceInvalidUtf8(PooledBufferWriter body)
    {
        var text = Encoding.UTF8.GetString(body.WrittenSpan);
        body.Reset();
        Encoding.UTF8.GetBytes(text, body);
    }
}
