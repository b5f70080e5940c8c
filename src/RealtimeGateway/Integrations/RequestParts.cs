using System.Text;

namespace RealtimeGateway.Integrations;

/// <summary>What mappings put into a request, gathered while they are evaluated.</summary>
internal sealed class RequestParts
{
    /// <summary>Nothing; for every message of an integration that maps nothing.</summary>
    public static RequestParts None { get; } = new();

    /// <summary>Headers, in order.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Values for the <c>{name}</c> placeholders of the URL's path, not yet encoded.</summary>
    public Dictionary<string, string> Path { get; } = new(StringComparer.Ordinal);

    /// <summary>Query parameters, in order, not yet encoded.</summary>
    public List<KeyValuePair<string, string>> Query { get; } = [];

    /// <summary>Puts path values and query into a URL. A path value cannot leave its segment.</summary>
    /// <param name="url">An absolute URL, perhaps with placeholders.</param>
    /// <param name="rawQuery">A query to pass on as it is, without the question mark.</param>
    public string ApplyTo(string url, ReadOnlySpan<char> rawQuery)
    {
        foreach (var (name, value) in Path)
        {
            // "." and ".." are the segments that mean something else than they say (RFC 3986 §5.2.4).
            var segment = value is "." or ".." ? value.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(value);
            url = url.Replace($"{{{name}}}", segment, StringComparison.Ordinal);
        }

        if (Query.Count == 0 && rawQuery.IsEmpty)
        {
            return url;
        }

        var result = new StringBuilder(url);
        var separator = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        if (!rawQuery.IsEmpty)
        {
            result.Append(separator).Append(rawQuery);
            separator = '&';
        }

        foreach (var (name, value) in Query)
        {
            result.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return result.ToString();
    }
}
