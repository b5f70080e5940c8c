using System.Net.Http.Headers;
using RealtimeGateway.Buffers;

namespace RealtimeGateway.Integrations.Http;

/// <summary>What came back over HTTP. Its taker disposes of it.</summary>
internal readonly struct BackendAnswer : IDisposable
{
    /// <summary><see cref="IntegrationStatus.Answered"/>, or why there is no answer.</summary>
    public required IntegrationStatus Status { get; init; }

    /// <summary>The HTTP status code; 0 without an answer.</summary>
    public int StatusCode { get; init; }

    /// <summary>The headers of the answer; null without one.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    /// <summary>Whether the answer says that it is bytes rather than text.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The body of the answer.</summary>
    public PooledBytes Body { get; init; }

    /// <summary>The answer as it is, its memory handed on: this value must not be disposed of then.</summary>
    public IntegrationOutcome PassOn() => new()
    {
        Status = Status,
        StatusCode = StatusCode,
        Body = Body,
        // An empty body is how services say that there is nothing to say.
        HasBody = !Body.Memory.IsEmpty,
        IsBinary = IsBinary,
        Subprotocol = Headers is not null && Headers.TryGetValues("Sec-WebSocket-Protocol", out var values) ? values.FirstOrDefault() : null,
    };

    /// <inheritdoc/>
    public void Dispose() => Body.Dispose();
}
