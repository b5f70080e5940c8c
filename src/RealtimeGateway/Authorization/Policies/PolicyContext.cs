using System.Globalization;
using System.Net;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>What is known about a request when policies are evaluated: condition keys, whose names ignore case, with their values.</summary>
internal sealed class PolicyContext
{
    /// <summary>Nothing is known. Never add to it.</summary>
    public static readonly PolicyContext Empty = new(new Dictionary<string, string[]>().AsReadOnly());

    private readonly IDictionary<string, string[]> _values;

    /// <summary>Makes a context without keys.</summary>
    public PolicyContext()
        : this(new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase))
    {
    }

    private PolicyContext(IDictionary<string, string[]> values) => _values = values;

    /// <summary>The keys that every request has: <c>aws:SourceIp</c>, <c>aws:CurrentTime</c>, <c>aws:EpochTime</c>, <c>aws:SecureTransport</c>.</summary>
    public static PolicyContext OfRequest(IPAddress? sourceIp, bool isSecure, DateTimeOffset now)
    {
        var context = new PolicyContext()
            .With("aws:CurrentTime", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .With("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .With("aws:SecureTransport", isSecure ? "true" : "false");
        return sourceIp is null ? context : context.With("aws:SourceIp", sourceIp.ToString());
    }

    /// <summary>Sets a key to its values; no values take it away.</summary>
    public PolicyContext With(string key, params string[] values)
    {
        if (values.Length == 0)
        {
            _values.Remove(key);
        }
        else
        {
            _values[key] = values;
        }

        return this;
    }

    /// <summary>The values of a key; empty when it is absent.</summary>
    public IReadOnlyList<string> ValuesOf(string key) => _values.TryGetValue(key, out var values) ? values : [];
}
