using System.Text;
using System.Text.Json;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>The payload of a token (RFC 7519 §4), read from its JSON.</summary>
internal static class JwtClaims
{
    /// <summary>Reads a NumericDate (RFC 7519 §2), which may have a fraction.</summary>
    /// <returns><see langword="false"/> when it is there and no such date; <paramref name="date"/> stays <see langword="null"/> when it is absent.</returns>
    public static bool TryReadDate(JsonElement payload, string name, out DateTimeOffset? date)
    {
        date = null;
        if (!payload.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= 253_402_300_799))
        {
            return false;
        }

        date = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }

    /// <summary>Whether a claim is one of the texts, or an array with one of them.</summary>
    public static bool ContainsAny(JsonElement claim, IReadOnlyList<string> texts) =>
        claim.ValueKind == JsonValueKind.Array
            ? claim.EnumerateArray().Any(element => IsAny(element, texts))
            : IsAny(claim, texts);

    /// <summary>The scopes in <c>scope</c> (RFC 8693 §4.2), else in <c>scp</c>: words in a string, or an array.</summary>
    public static IReadOnlyList<string> ReadScopes(JsonElement payload)
    {
        if (!payload.TryGetProperty("scope", out var claim) && !payload.TryGetProperty("scp", out claim))
        {
            return [];
        }

        return claim.ValueKind switch
        {
            JsonValueKind.String => claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array =>
                [.. claim.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.String).Select(element => element.GetString()!)],
            _ => [],
        };
    }

    /// <summary>All claims as strings, as API Gateway hands them on.</summary>
    public static Dictionary<string, string> ReadAll(JsonElement payload)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in payload.EnumerateObject())
        {
            claims[member.Name] = AsText(member.Value);
        }

        return claims;
    }

    private static bool IsAny(JsonElement value, IReadOnlyList<string> texts)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            foreach (var text in texts)
            {
                if (value.ValueEquals(text))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string AsText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return value.GetString()!;
            case JsonValueKind.Array when value.EnumerateArray().All(element => element.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)):
                var text = new StringBuilder("[").AppendJoin(' ', value.EnumerateArray().Select(AsText));
                return text.Append(']').ToString();
            default:
                return value.GetRawText();
        }
    }
}
