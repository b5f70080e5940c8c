using Microsoft.AspNetCore.Http;
using RealtimeGateway.Events;

namespace RealtimeGateway.FrontDoor;

/// <summary>The headers that name a call in its answer: a UUID, the id in the gateway's own logs, and the trace.</summary>
internal sealed class CallNames(IdSource ids, TraceIds traces)
{
    private const string RequestIdHeader = "x-amz-apigw-id";

    /// <summary>The id that the answer of a call gives; null when it gives none.</summary>
    public static RequestId? RequestIdOf(HttpContext http) =>
        RequestId.TryParse(http.Response.Headers[RequestIdHeader].ToString(), out var id) ? id : null;

    /// <summary>Adds the headers.</summary>
    public void AddTo(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["x-amzn-RequestId"] = ids.NextUuid().ToString();
        headers[RequestIdHeader] = ids.NextRequestId().ToString();
        headers["X-Amzn-Trace-Id"] = traces.Of(http.Request);
    }
}
