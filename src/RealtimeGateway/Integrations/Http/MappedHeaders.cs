namespace RealtimeGateway.Integrations.Http;

/// <summary>The headers that an author maps, on their way into a request.</summary>
internal static class MappedHeaders
{
    /// <summary>
    /// Adds the headers. One takes the place of what the gateway or the client had put there, and one that belongs to the body goes with it. Those
    /// that frame the request or name its host are the gateway's own.
    /// </summary>
    public static void CopyTo(HttpRequestMessage request, RequestParts parts)
    {
        if (parts.Headers.Count == 0)
        {
            return;
        }

        foreach (var (name, _) in parts.Headers)
        {
            // Remove throws for headers of the body, such as Content-Type, which these never hold.
            if (request.Headers.NonValidated.Contains(name))
            {
                request.Headers.Remove(name);
            }
        }

        var replaced = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in parts.Headers)
        {
            if (IsReserved(name) || request.Headers.TryAddWithoutValidation(name, value) || request.Content is not { } content)
            {
                continue;
            }

            if (replaced.Add(name))
            {
                content.Headers.Remove(name);
            }

            content.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static bool IsReserved(string name) => name.ToUpperInvariant() is
        "HOST" or "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "CONNECTION" or "UPGRADE" or "KEEP-ALIVE" or "TE" or "TRAILER" or "EXPECT";
}
