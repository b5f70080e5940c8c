using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Events;

/// <summary>What a back end answered, as the expressions and templates of responses see it.</summary>
internal sealed class IntegrationAnswer
{
    /// <summary>The status code.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The body; valid while the event lasts.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Reads the values of a header; names are case-insensitive.</summary>
    public Func<string, StringValues> Header { get; init; } = static _ => default;
}
