using Microsoft.AspNetCore.Http;
using RealtimeGateway.Events;

namespace RealtimeGateway.FrontDoor;

/// <summary>The headers that name a call in its answer: a UUID, the id in the gateway's own logs, and the trace.</summary>
internal sealed class CallNames(IdSource ids, TraceIds traces)
{
    private static readonly object RequestIdKey = new();

    /// <summary>The id that the answer of a call gives; null when it gives none.</summary>
    public static RequestId? RequestIdOf(HttpContext http) => http.Items[RequestIdKey] as RequestId?;

    /// <summary>Adds the headers.</summary>
    public void AddTo(HttpContext http)
    {
        var id = ids.NextRequestId();
        http.Items[RequestIdKey] = id;
        var headers = http.Response.Headers;
        headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        headers["x-amz-apigw-id"] = id.ToString();
        headers["X-Amzn-Trace-Id"] = traces.Of(http.Request);
    }
}
