using Microsoft.AspNetCore.Http;
using RealtimeGateway.Events;

namespace RealtimeGateway.Management;

/// <summary>The headers that name a call in its answer: a UUID, the id in the gateway's own logs, and the trace.</summary>
internal sealed class CallNames(IdSource ids, TraceIds traces)
{
    /// <summary>Adds the headers.</summary>
    public void AddTo(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        headers["x-amz-apigw-id"] = ids.NextRequestId().ToString();
        headers["X-Amzn-Trace-Id"] = traces.Of(http.Request);
    }
}
