using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.Signing;

/// <summary>The canonical headers of an incoming request: those that its signature lists, in that order.</summary>
internal static class CanonicalHeaders
{
    // What SDKs sign; looking these up needs no new string.
    private static readonly FrozenDictionary<string, string> Usual = new[]
    {
        "accept", "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "content-length", "content-md5", "content-type", "date", "host",
        "user-agent", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent", "x-amzn-trace-id", "x-api-key",
    }.ToFrozenDictionary(name => name, StringComparer.Ordinal);

    /// <summary>Writes a line per name. A header that is not there counts as empty, so that its signature cannot match by chance of naming.</summary>
    public static void Write(ref CanonicalBuffer canonical, HttpRequest request, ReadOnlySpan<char> names)
    {
        var usual = Usual.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var range in names.Split(';'))
        {
            var name = names[range];
            canonical.Append(name);
            canonical.Append((byte)':');
            var key = name is ":authority" ? "host" : usual.TryGetValue(name, out var known) ? known : name.ToString();
            var values = request.Headers[key];
            for (var i = 0; i < values.Count; i++)
            {
                if (i > 0)
                {
                    canonical.Append((byte)',');
                }

                canonical.AppendCollapsed(values[i]);
            }

            canonical.Append((byte)'\n');
        }
    }
}
