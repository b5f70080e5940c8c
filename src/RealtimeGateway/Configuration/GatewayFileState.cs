using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Configuration;

/// <summary>How it stands with the configuration file: what is served, and what became of later changes.</summary>
internal sealed record GatewayFileState
{
    /// <summary>Before the first load.</summary>
    public static GatewayFileState Initial { get; } = new();

    /// <summary>What is served.</summary>
    public GatewayConfiguration Configuration { get; init; } = GatewayConfiguration.Empty;

    /// <summary>Names the content that is served: the start of its SHA-256, in hexadecimal. <see langword="null"/>: none was good yet.</summary>
    public string? Revision { get; init; }

    /// <summary>When that content took over.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>How often content took over.</summary>
    public long Taken { get; init; }

    /// <summary>How often content was refused.</summary>
    public long Refused { get; init; }

    /// <summary>What is wrong with the latest content; empty when it is the one that is served.</summary>
    public ImmutableArray<FileError> Errors { get; init; } = [];

    /// <summary>When the latest content was refused; <see langword="null"/> when it is the one that is served.</summary>
    public DateTimeOffset? RefusedAt { get; init; }
}
