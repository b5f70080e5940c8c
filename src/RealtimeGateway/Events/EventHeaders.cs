using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Events;

/// <summary>The headers that events of <c>$connect</c> and <c>$disconnect</c> show, sorted by name.</summary>
internal static class EventHeaders
{
    /// <summary>The spelling of headers that the Internet has agreed on; any other keeps the client's, as on AWS.</summary>
    private static readonly FrozenDictionary<string, string> Canonical = new[]
    {
        "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Type", "Cookie", "Host", "Origin", "Pragma",
        "Referer", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "User-Agent", "Via",
        "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
    }.ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The client's headers without those of the hop, with those that a proxy adds.</summary>
    public static List<KeyValuePair<string, StringValues>> OfUpgrade(UpgradeRequest upgrade, ClientIdentity client)
    {
        var headers = new List<KeyValuePair<string, StringValues>>(upgrade.Headers.Count + 5);
        foreach (var (name, values) in upgrade.Headers)
        {
            if (!IsReplaced(name) && values.Count > 0)
            {
                headers.Add(new(Canonical.GetValueOrDefault(name, name), values));
            }
        }

        headers.Add(new("Host", client.DomainName));
        headers.Add(new("X-Amzn-Trace-Id", upgrade.TraceId));
        headers.Add(new("X-Forwarded-For", client.SourceIp));
        headers.Add(new("X-Forwarded-Port", upgrade.Port.ToString(CultureInfo.InvariantCulture)));
        headers.Add(new("X-Forwarded-Proto", upgrade.Scheme));
        headers.Sort(static (x, y) => string.CompareOrdinal(x.Key, y.Key));
        return headers;
    }

    /// <summary>The same with those of the hop, which only authorizers see: as AWS's front end spells them, whatever the client sent.</summary>
    public static List<KeyValuePair<string, StringValues>> OfAuthorizer(UpgradeRequest upgrade, ClientIdentity client)
    {
        var headers = OfUpgrade(upgrade, client);
        headers.Add(new("Connection", "upgrade"));
        headers.Add(new("content-length", "0"));
        headers.Add(new("Upgrade", "websocket"));
        headers.Sort(static (x, y) => string.Compare(x.Key, y.Key, StringComparison.OrdinalIgnoreCase));
        return headers;
    }

    /// <summary>What AWS sends with <c>$disconnect</c>: the host and three empty headers.</summary>
    public static List<KeyValuePair<string, StringValues>> OfDisconnect(ClientIdentity client) =>
    [
        new("Host", client.DomainName),
        new("x-api-key", ""),
        new("X-Forwarded-For", ""),
        new("x-restapi", ""),
    ];

    private static bool IsReplaced(string name) =>
        name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Amzn-Trace-Id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Forwarded-Port", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Forwarded-Proto", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(':');
}
