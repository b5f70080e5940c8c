using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Authorization.Lambda;

/// <summary>What an authorizer function answers.</summary>
/// <param name="Policy">What the client may do.</param>
/// <param name="Context">Who the client is.</param>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html</remarks>
internal sealed record AuthorizerResult(PolicyDocument Policy, AuthorizerContext Context)
{
    /// <summary>The largest answer that counts, in bytes (AWS's quota).</summary>
    public const int MaxBytes = 8 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads an answer. <see langword="false"/> for anything that is no decision, also for a context with lists or objects in it.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out AuthorizerResult? result)
    {
        result = null;
        if (json.Length > MaxBytes)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return TryRead(document.RootElement, out result);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryRead(JsonElement root, [NotNullWhen(true)] out AuthorizerResult? result)
    {
        result = null;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("policyDocument", out var document)
            || !PolicyDocument.TryParse(document, out var policy, out _)
            || !TryReadText(root, "principalId", out var principal)
            || !TryReadText(root, "usageIdentifierKey", out var key)
            || !TryReadValues(root, out var values))
        {
            return false;
        }

        result = new AuthorizerResult(policy, new AuthorizerContext { PrincipalId = principal, UsageIdentifierKey = key, Values = values });
        return true;
    }

    private static bool TryReadValues(JsonElement root, out FrozenDictionary<string, string> values)
    {
        values = FrozenDictionary<string, string>.Empty;
        if (!root.TryGetProperty("context", out var context) || context.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (context.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in context.EnumerateObject())
        {
            if (!TryPrint(member.Value, out var text))
            {
                return false;
            }

            if (text is not null && !AuthorizerContext.IsReserved(member.Name))
            {
                read.Add(member.Name, text);
            }
        }

        values = read.ToFrozenDictionary(StringComparer.Ordinal);
        return true;
    }

    private static bool TryReadText(JsonElement root, string name, out string? text)
    {
        text = null;
        return !root.TryGetProperty(name, out var value) || TryPrint(value, out text);
    }

    /// <summary>Plain values as text; null is none. <see langword="false"/> for lists and objects.</summary>
    private static bool TryPrint(JsonElement value, out string? text)
    {
        text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
        return text is not null || value.ValueKind == JsonValueKind.Null;
    }
}
