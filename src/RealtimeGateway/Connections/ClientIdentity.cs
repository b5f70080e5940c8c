using RealtimeGateway.Apis;

namespace RealtimeGateway.Connections;

/// <summary>Who a connection is: what the handshake told and stays true for its life.</summary>
internal sealed class ClientIdentity
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
}
