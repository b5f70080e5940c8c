using RealtimeGateway.Apis;

namespace RealtimeGateway.Connections;

/// <summary>Who a connection is: what the handshake told and stays true for its life.</summary>
internal sealed record ClientIdentity
{
    /// <summary>The API the client connected to.</summary>
    public required ApiId ApiId { get; init; }

    /// <summary>The stage the client connected to.</summary>
    public required string StageName { get; init; }

    /// <summary>The host the client used, without a port.</summary>
    public required string DomainName { get; init; }

    /// <summary>The client's address as printed in events.</summary>
    public required string SourceIp { get; init; }

    /// <summary>The client's <c>User-Agent</c>; <see langword="null"/> when it sent none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>When the handshake arrived.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The port the client reached; 0 when there is no client.</summary>
    public int Port { get; init; }

    /// <summary><c>http</c> or <c>https</c>; empty when there is no client.</summary>
    public string Scheme { get; init; } = "";

    /// <summary>What the route's authorizer said; null when it has none.</summary>
    public AuthorizerContext? Authorizer { get; init; }

    /// <summary>Who signed the handshake; null unless the route asks for it.</summary>
    public CallerIdentity? Caller { get; init; }

    /// <summary>The id of the API key that the client came with; null when none was needed.</summary>
    public string? ApiKeyId { get; init; }

    /// <summary>That key itself; null when none was needed.</summary>
    public string? ApiKey { get; init; }
}
