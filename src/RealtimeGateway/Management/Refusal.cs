using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.Management;

/// <summary>An answer of the data listener's front door that says no, as AWS's says it.</summary>
internal sealed class Refusal
{
    private readonly int _status;
    private readonly string _errorType;
    private readonly string? _message;

    private Refusal(int status, string errorType, string? message) => (_status, _errorType, _message) = (status, errorType, message);

    /// <summary>No such stage, or nothing at that path.</summary>
    public static Refusal Forbidden { get; } = new(StatusCodes.Status403Forbidden, "ForbiddenException", "Forbidden");

    /// <summary>The caller does not say who it is.</summary>
    public static Refusal MissingAuthenticationToken { get; } =
        new(StatusCodes.Status403Forbidden, "MissingAuthenticationTokenException", "Missing Authentication Token");

    /// <summary>The connection has ended or never was. AWS sends no body.</summary>
    public static Refusal Gone { get; } = new(StatusCodes.Status410Gone, "GoneException", null);

    /// <summary>The connection's send queue is full; try again later.</summary>
    public static Refusal LimitExceeded { get; } =
        new(StatusCodes.Status429TooManyRequests, "LimitExceededException", "The client reads too slowly; its send queue is full.");

    /// <summary>Another refusal.</summary>
    public static Refusal Of(int status, string errorType, string message) => new(status, errorType, message);

    /// <summary>Writes the refusal as the whole answer.</summary>
    public async Task WriteAsync(HttpContext http, CallNames names)
    {
        var response = http.Response;
        response.StatusCode = _status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = _errorType;
        names.AddTo(http);
        if (_message is null)
        {
            response.ContentLength = 0;
            return;
        }

        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { message = _message });
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }
}
