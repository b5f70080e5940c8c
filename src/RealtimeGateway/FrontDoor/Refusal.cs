using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Authorization;

namespace RealtimeGateway.FrontDoor;

/// <summary>An answer of the data listener's front door that says no, as AWS's says it.</summary>
internal sealed class Refusal
{
    // A reader of the text should see braces and quotes as they are: the message is no HTML.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly int _status;
    private readonly string _errorType;
    private readonly string? _message;
    private readonly string _member;

    private Refusal(int status, string errorType, string? message, string member = "message") =>
        (_status, _errorType, _message, _member) = (status, errorType, message, member);

    /// <summary>The header by which a caller knows whether its call may have been done all the same: <c>none</c> or <c>unknown</c>.</summary>
    public const string DeliveryHeader = "x-gateway-delivery";

    /// <summary>No such stage, or nothing at that path.</summary>
    public static Refusal Forbidden { get; } = new(StatusCodes.Status403Forbidden, "ForbiddenException", "Forbidden");

    /// <summary>The connection has ended or never was. AWS sends no body.</summary>
    public static Refusal Gone { get; } = new(StatusCodes.Status410Gone, "GoneException", null);

    /// <summary>The connection's send queue is full; try again later.</summary>
    public static Refusal LimitExceeded { get; } =
        new(StatusCodes.Status429TooManyRequests, "LimitExceededException", "The client reads too slowly; its send queue is full.");

    /// <summary>The gateway's rate over all events and calls is reached; try again later.</summary>
    public static Refusal TooManyRequests { get; } =
        new(StatusCodes.Status429TooManyRequests, "LimitExceededException", "Too Many Requests");

    /// <summary>There is no way to the connection's node now; nothing was done.</summary>
    public static Refusal Unreachable { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "ServiceUnavailableException", "The node of the connection cannot be reached now. Nothing was done; try again.")
    {
        Delivery = "none",
    };

    /// <summary>The connection's node was asked and did not answer in time.</summary>
    public static Refusal Unanswered { get; } = new(
        StatusCodes.Status504GatewayTimeout, "GatewayTimeoutException", "The node of the connection did not answer in time. It may have been done.")
    {
        Delivery = "unknown",
    };

    private string? Delivery { get; init; }

    /// <summary>A caller that has not proved who it is, or may not do what it asks for.</summary>
    public static Refusal Of(CallerRefusal refusal) =>
        new(StatusCodes.Status403Forbidden, refusal.ErrorType, refusal.Message, refusal.HasCapitalMember ? "Message" : "message");

    /// <summary>Another refusal.</summary>
    public static Refusal Of(int status, string errorType, string message) => new(status, errorType, message);

    /// <summary>Writes the refusal as the whole answer.</summary>
    public async Task WriteAsync(HttpContext http, CallNames names)
    {
        var response = http.Response;
        response.StatusCode = _status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = _errorType;
        if (Delivery is { } delivery)
        {
            response.Headers[DeliveryHeader] = delivery;
        }

        names.AddTo(http);
        if (_message is null)
        {
            response.ContentLength = 0;
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [_member] = _message }, Plain);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }
}
