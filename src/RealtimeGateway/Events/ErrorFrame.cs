using System.Text;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Events;

/// <summary>
/// The JSON that tells a client, on its socket or as the answer to a refused handshake, what failed. The bytes are Amazon API Gateway's: one
/// space after the first colon and after each comma, and none elsewhere.
/// </summary>
internal sealed class ErrorFrame
{
    private readonly byte[] _head;

    private ErrorFrame(string message)
    {
        Message = message;
        _head = Encoding.UTF8.GetBytes($$"""{"message": "{{message}}", "connectionId":""" + '"');
    }

    /// <summary>No route takes the message, or the caller may not.</summary>
    public static ErrorFrame Forbidden { get; } = new("Forbidden");

    /// <summary>The integration failed.</summary>
    public static ErrorFrame InternalServerError { get; } = new("Internal server error");

    /// <summary>The integration did not answer in time.</summary>
    public static ErrorFrame TimedOut { get; } = new("Endpoint request timed out");

    /// <summary>The text of the <c>message</c> member.</summary>
    public string Message { get; }

    /// <summary>The size of the frame in bytes.</summary>
    public int Length => _head.Length + ConnectionId.TextLength + RequestIdName.Length + RequestId.TextLength + Tail.Length;

    private static ReadOnlySpan<byte> RequestIdName => "\", \"requestId\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Writes the frame's <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> destination, ConnectionId connectionId, RequestId requestId)
    {
        _head.CopyTo(destination);
        destination = destination[_head.Length..];
        _ = connectionId.TryFormat(destination, out var written);
        destination = destination[written..];
        RequestIdName.CopyTo(destination);
        destination = destination[RequestIdName.Length..];
        _ = requestId.TryFormat(destination, out written);
        Tail.CopyTo(destination[written..]);
    }
}
