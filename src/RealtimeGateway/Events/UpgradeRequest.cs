using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Events;

/// <summary>The client's request to connect, as events and integrations of <c>$connect</c> show it. It lives as long as that event.</summary>
internal sealed class UpgradeRequest
{
    /// <summary>The headers as they came.</summary>
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The query as it came: empty, or with its question mark.</summary>
    public required string QueryString { get; init; }

    /// <summary>The port the client reached, for <c>X-Forwarded-Port</c>.</summary>
    public required int Port { get; init; }

    /// <summary><c>http</c> or <c>https</c>, for <c>X-Forwarded-Proto</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The trace id, <c>Root=1-{8 hex}-{24 hex}</c>: the client's own or a new one.</summary>
    public required string TraceId { get; init; }

    /// <summary>The request as the server read it, which is what a signature is about; null: there is none to check.</summary>
    public HttpRequest? Request { get; init; }

    /// <summary>The query's parameters, decoded (<c>+</c> is a space), in order of first appearance. Names are case-sensitive, as on AWS.</summary>
    public IReadOnlyDictionary<string, StringValues> Query => field ??= ParseQuery(QueryString);

    /// <summary>The last value of each parameter.</summary>
    public IReadOnlyDictionary<string, string> SingleValueQuery => field ??= Query.ToDictionary(pair => pair.Key, pair => pair.Value[^1] ?? "");

    /// <summary>The last value of each header; names are case-insensitive.</summary>
    public IReadOnlyDictionary<string, string> SingleValueHeaders =>
        field ??= Headers.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, pair => pair.Value[^1] ?? "", StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, StringValues> ParseQuery(string query)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().ToString();
            if (!values.TryGetValue(name, out var list))
            {
                values.Add(name, list = []);
            }

            list.Add(pair.DecodeValue().ToString());
        }

        return values.ToDictionary(entry => entry.Key, entry => new StringValues(entry.Value.ToArray()), StringComparer.Ordinal);
    }
}
