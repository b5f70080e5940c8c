using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Events;

/// <summary>
/// The JSON that tells a client, on its socket or as the answer to a refused handshake, what failed. The bytes are Amazon API Gateway's: one
/// space after the first colon and after each comma, and none elsewhere.
/// </summary>
internal sealed class ErrorFrame
{
    private readonly byte[] _head;
    private readonly bool _namesMessage;

    private ErrorFrame(string? message, string responseType, bool namesMessage = false)
    {
        Message = message;
        ResponseType = responseType;
        var text = message is null ? "null" : $"\"{JsonEncodedText.Encode(message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
        _namesMessage = namesMessage;
        _head = Encoding.UTF8.GetBytes($$"""{"message": {{text}}, "connectionId":""" + '"');
    }

    /// <summary>A refusal in words that differ from caller to caller.</summary>
    /// <param name="message">The words.</param>
    /// <param name="responseType">What <c>$context.error.responseType</c> says.</param>
    public static ErrorFrame Of(string message, string responseType) => new(message, responseType);

    /// <summary>No route takes the message, or the caller may not.</summary>
    public static ErrorFrame Forbidden { get; } = new("Forbidden", "ACCESS_DENIED");

    /// <summary>The integration failed.</summary>
    public static ErrorFrame InternalServerError { get; } = new("Internal server error", "INTEGRATION_FAILURE");

    /// <summary>The integration did not answer in time.</summary>
    public static ErrorFrame TimedOut { get; } = new("Endpoint request timed out", "INTEGRATION_TIMEOUT");

    /// <summary>
    /// The message does not fit its model. AWS documents this frame with <c>messageId</c>
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html), while every frame it is seen to send has
    /// <c>requestId</c>; with both, readers of either find what they look for.
    /// </summary>
    public static ErrorFrame BadRequestBody { get; } = new("Bad request body", "BAD_REQUEST_BODY", namesMessage: true);

    /// <summary>A handshake lacks a parameter that its route needs.</summary>
    public static ErrorFrame BadRequestParameters { get; } = new("Missing required request parameters", "BAD_REQUEST_PARAMETERS");

    /// <summary>The authorizer answered what is no decision. AWS has no words for it.</summary>
    public static ErrorFrame AuthorizerMalformed { get; } = new(null, "AUTHORIZER_CONFIGURATION_ERROR");

    /// <summary>No template takes the message, and it may not go on as it is.</summary>
    public static ErrorFrame UnsupportedMediaType { get; } = new("Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE");

    /// <summary>The account, stage or route is over its rate.</summary>
    public static ErrorFrame TooManyRequests { get; } = new("Too Many Requests", "THROTTLED");

    /// <summary>The API key is over its quota.</summary>
    public static ErrorFrame LimitExceeded { get; } = new("Limit Exceeded", "QUOTA_EXCEEDED");

    /// <summary>The client did not say who it is, or the authorizer says so.</summary>
    public static ErrorFrame Unauthorized { get; } = new("Unauthorized", "UNAUTHORIZED");

    /// <summary>The authorizer itself failed.</summary>
    public static ErrorFrame AuthorizerFailure { get; } = new("Internal server error", "AUTHORIZER_FAILURE");

    /// <summary>A policy denies the client access.</summary>
    public static ErrorFrame ExplicitDeny { get; } =
        new("User is not authorized to access this resource with an explicit deny in an identity-based policy", "ACCESS_DENIED");

    /// <summary>No policy gives the client access.</summary>
    public static ErrorFrame ImplicitDeny { get; } =
        new("User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action", "ACCESS_DENIED");

    /// <summary>The text of the <c>message</c> member; null where AWS has none.</summary>
    public string? Message { get; }

    /// <summary>What <c>$context.error.responseType</c> says.</summary>
    public string ResponseType { get; }

    /// <summary>The size of the frame in bytes.</summary>
    public int Length => _head.Length + ConnectionId.TextLength + RequestIdName.Length + RequestId.TextLength + Tail.Length
        + (_namesMessage ? MessageIdName.Length + ConnectionId.TextLength : 0);

    private static ReadOnlySpan<byte> RequestIdName => "\", \"requestId\":\""u8;

    private static ReadOnlySpan<byte> MessageIdName => "\", \"messageId\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Writes the frame's <see cref="Length"/> bytes.</summary>
    /// <param name="destination">Takes them.</param>
    /// <param name="connectionId">The connection.</param>
    /// <param name="requestId">The event that failed.</param>
    /// <param name="messageId">The message that failed; needed by <see cref="BadRequestBody"/> only.</param>
    public void Write(Span<byte> destination, ConnectionId connectionId, RequestId requestId, ConnectionId messageId = default)
    {
        _head.CopyTo(destination);
        destination = destination[_head.Length..];
        _ = connectionId.TryFormat(destination, out var written);
        destination = destination[written..];
        RequestIdName.CopyTo(destination);
        destination = destination[RequestIdName.Length..];
        _ = requestId.TryFormat(destination, out written);
        destination = destination[written..];
        if (_namesMessage)
        {
            MessageIdName.CopyTo(destination);
            destination = destination[MessageIdName.Length..];
            _ = messageId.TryFormat(destination, out written);
            destination = destination[written..];
        }

        Tail.CopyTo(destination);
    }
}
