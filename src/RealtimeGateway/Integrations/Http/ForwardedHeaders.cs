using System.Globalization;
using System.Net.Http.Headers;
using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Http;

/// <summary>
/// The client's handshake headers on the way to an HTTP back end, as AWS passes them on, <c>Sec-WebSocket-*</c> included. Left out are those
/// of the hop and those that only the gateway may say.
/// </summary>
internal static class ForwardedHeaders
{
    /// <summary>Adds the headers of <paramref name="upgrade"/>.</summary>
    public static void CopyTo(HttpRequestHeaders headers, UpgradeRequest upgrade)
    {
        foreach (var (name, values) in upgrade.Headers)
        {
            if (!IsOwn(name))
            {
                headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        headers.TryAddWithoutValidation("X-Amzn-Trace-Id", upgrade.TraceId);
        headers.TryAddWithoutValidation("X-Forwarded-Port", upgrade.Port.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("X-Forwarded-Proto", upgrade.Scheme);
    }

    private static bool IsOwn(string name) => name.ToUpperInvariant() switch
    {
        "CONNECTION" or "UPGRADE" or "HOST" or "KEEP-ALIVE" or "TE" or "TRAILER" or "TRANSFER-ENCODING" or "PROXY-CONNECTION" or "EXPECT" => true,
        "CONTENT-LENGTH" or "CONTENT-TYPE" or "USER-AGENT" or "X-AMZN-TRACE-ID" or "X-AMZN-APIGATEWAY-API-ID" => true,
        "X-FORWARDED-FOR" or "X-FORWARDED-PORT" or "X-FORWARDED-PROTO" => true,
        var upper => upper.StartsWith("X-RG-", StringComparison.Ordinal) || upper.StartsWith(':'),
    };
}
