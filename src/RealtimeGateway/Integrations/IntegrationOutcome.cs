using RealtimeGateway.Buffers;

namespace RealtimeGateway.Integrations;

/// <summary>What came of calling a back end. Its taker disposes of it.</summary>
internal readonly struct IntegrationOutcome : IDisposable
{
    /// <summary>How the call ended.</summary>
    public required IntegrationStatus Status { get; init; }

    /// <summary>The back end's status code; 0 unless it answered.</summary>
    public int StatusCode { get; init; }

    /// <summary>What the back end says; what a two-way route sends to the client.</summary>
    public PooledBytes Body { get; init; }

    /// <summary>Whether there is a body to send at all, be it an empty one.</summary>
    public bool HasBody { get; init; }

    /// <summary>Whether <see cref="Body"/> is to be sent as binary, where the stage allows it.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The subprotocol that a <c>$connect</c> answer chose; null: none.</summary>
    public string? Subprotocol { get; init; }

    /// <summary>An outcome without an answer.</summary>
    public static IntegrationOutcome Of(IntegrationStatus status) => new() { Status = status };

    /// <inheritdoc/>
    public void Dispose() => Body.Dispose();
}
