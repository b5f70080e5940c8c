using Microsoft.AspNetCore.Http;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.Management;

/// <summary>Writes down what became of every call of <c>@connections</c>: in the metrics and in the stage's access log.</summary>
internal sealed class CallRecorder(GatewayMetrics metrics, IdSource ids, TimeProvider time)
{
    private const string Repeated = "repeated";

    /// <summary>Records a call that has been answered.</summary>
    /// <param name="http">The call.</param>
    /// <param name="stage">The stage it came through.</param>
    /// <param name="idText">The connection's id as the caller gave it.</param>
    /// <param name="arrivedAt">When it arrived.</param>
    public void Record(HttpContext http, CompiledStage stage, string idText, DateTimeOffset arrivedAt)
    {
        var status = http.Response.StatusCode;
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            CountFailure(stage, status, 1);
        }
        else if (http.Features.Get<RepeatedPush>() is null)
        {
            Count(stage, status, 1);
        }
        else
        {
            metrics.Push(Repeated, stage.CallTags);
        }

        Log(http, stage, ConnectionCalls.RouteKey(http.Request.Method), idText, arrivedAt);
    }

    /// <summary>Records a push to many that has been answered: in the metrics as one push to each, in the access log as one call.</summary>
    /// <param name="http">The call.</param>
    /// <param name="stage">The stage it came through.</param>
    /// <param name="tally">What came of it for each; nothing: the call was refused.</param>
    /// <param name="arrivedAt">When it arrived.</param>
    public void Record(HttpContext http, CompiledStage stage, in PushTally tally, DateTimeOffset arrivedAt)
    {
        if (tally.Total == 0 && http.Response.StatusCode != StatusCodes.Status200OK)
        {
            Count(stage, http.Response.StatusCode, 1);
        }

        Count(stage, StatusCodes.Status200OK, tally.Queued);
        if (tally.Repeated > 0)
        {
            metrics.Push(Repeated, stage.CallTags, tally.Repeated);
        }

        Count(stage, StatusCodes.Status410Gone, tally.Gone);
        Count(stage, StatusCodes.Status429TooManyRequests, tally.Limited);
        Count(stage, StatusCodes.Status503ServiceUnavailable, tally.Unreachable);
        Count(stage, StatusCodes.Status504GatewayTimeout, tally.Unknown);
        Log(http, stage, ConnectionCalls.RouteKeyOfPostToMany, idText: "", arrivedAt);
    }

    /// <summary>Counts pushes by the status that each has, or would have had by itself.</summary>
    private void Count(CompiledStage stage, int status, int count)
    {
        if (count == 0)
        {
            return;
        }

        metrics.Push(OutcomeOf(status), stage.CallTags, count);
        if (status == StatusCodes.Status200OK)
        {
            metrics.MessageOut(stage.CallTags, count);
        }

        CountFailure(stage, status, count);
    }

    private void CountFailure(CompiledStage stage, int status, int count)
    {
        if (status >= 400)
        {
            metrics.Failed(status < 500 ? EventFault.Client : EventFault.Execution, CallError(status), stage.CallTags, count);
        }
    }

    private void Log(HttpContext http, CompiledStage stage, string routeKey, string idText, DateTimeOffset arrivedAt)
    {
        if (stage.AccessLog is { } log)
        {
            // What is malformed is logged as no id.
            _ = ConnectionId.TryParse(idText, out var id);
            var context = Describe(http, stage, routeKey, id, arrivedAt);
            using (context.Scratch)
            {
                log.Write(context, context.Scratch);
            }
        }
    }

    /// <summary>When a call arrives that is to be recorded.</summary>
    public DateTimeOffset Now() => time.GetUtcNow();

    private EventContext Describe(HttpContext http, CompiledStage stage, string routeKey, ConnectionId id, DateTimeOffset arrivedAt)
    {
        return new EventContext
        {
            Type = EventType.ConnectionApi,
            Stage = stage.Identity,
            RouteKey = routeKey,
            ConnectionId = id,
            Client = new ClientIdentity
            {
                ApiId = stage.Identity.ApiId,
                StageName = stage.Identity.Name,
                DomainName = http.Request.Host.Value ?? "",
                SourceIp = SourceAddress.Print(http.Connection.RemoteIpAddress),
                UserAgent = http.Request.Headers.UserAgent is [.., { Length: > 0 } userAgent] ? userAgent : null,
                ConnectedAt = arrivedAt,
            },
            RequestId = CallNames.RequestIdOf(http) ?? ids.NextRequestId(),
            RequestTime = arrivedAt,
            Status = http.Response.StatusCode,
        };
    }

    private static string OutcomeOf(int status) => status switch
    {
        StatusCodes.Status200OK => "queued",
        StatusCodes.Status410Gone => "gone",
        StatusCodes.Status429TooManyRequests => "limited",
        StatusCodes.Status413PayloadTooLarge => "too_large",
        StatusCodes.Status403Forbidden => "denied",
        StatusCodes.Status503ServiceUnavailable => "unreachable",
        StatusCodes.Status504GatewayTimeout => "unknown",
        < 500 => "invalid",
        _ => "failed",
    };

    private static string CallError(int status) => status switch
    {
        StatusCodes.Status410Gone => "GONE",
        StatusCodes.Status429TooManyRequests => "THROTTLED",
        StatusCodes.Status413PayloadTooLarge => "REQUEST_TOO_LARGE",
        StatusCodes.Status403Forbidden => "ACCESS_DENIED",
        StatusCodes.Status503ServiceUnavailable => "UNREACHABLE",
        StatusCodes.Status504GatewayTimeout => "TIMEOUT",
        < 500 => "4xx",
        _ => "5xx",
    };
}
