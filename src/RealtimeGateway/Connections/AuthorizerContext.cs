using System.Collections.Frozen;

namespace RealtimeGateway.Connections;

/// <summary>What an authorizer said about a client; kept for the connection's life and shown with each of its events.</summary>
internal sealed class AuthorizerContext
{
    /// <summary>Who the client is; null when the authorizer did not say.</summary>
    public string? PrincipalId { get; init; }

    /// <summary>The authorizer's own members, as strings, in no order.</summary>
    public FrozenDictionary<string, string> Values { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The API key that the authorizer names for the client; never shown in events.</summary>
    public string? UsageIdentifierKey { get; init; }

    /// <summary>Whether a name is the gateway's own in events, so that no member of the authorizer's may have it and pass for it.</summary>
    public static bool IsReserved(string name) => name is "principalId" or "integrationLatency";
}
