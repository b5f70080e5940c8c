using RealtimeGateway.Cluster;

namespace RealtimeGateway.Server.Operations;

/// <summary>An operation that is refused, in the form of AWS's errors.</summary>
internal sealed class Refused(int status, string errorType, string message) : IResult
{
    /// <summary>The caller said something wrong.</summary>
    public static Refused BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequestException", message);

    /// <summary>It cannot be done as things are.</summary>
    public static Refused Conflict(string message) => new(StatusCodes.Status409Conflict, "ConflictException", message);

    /// <summary>What was asked for is not there.</summary>
    public static Refused NotFound(string message) => new(StatusCodes.Status404NotFound, "NotFoundException", message);

    /// <summary>The fleet cannot be read now.</summary>
    public static Refused Unavailable(BackplaneException exception) =>
        new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailableException", $"The fleet cannot be read now: {exception.Message}");

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers["x-amzn-ErrorType"] = errorType;
        return TypedResults.Json(new { message }, OperationEndpoints.Json, statusCode: status).ExecuteAsync(httpContext);
    }
}
