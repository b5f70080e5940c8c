using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>An answer that says no, in the form that AWS's clients parse (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The name in <c>x-amzn-ErrorType</c>.</param>
/// <param name="Message">For people: what is wrong and how to mend it.</param>
/// <param name="ResourceType">What was not found; null for other errors.</param>
internal sealed record ControlPlaneError(int Status, string Type, string Message, string? ResourceType = null)
{
    /// <summary>The request breaks a rule.</summary>
    public static ControlPlaneError BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequestException", message);

    /// <summary>What the path names is not there.</summary>
    public static ControlPlaneError NotFound(string resourceType, string id) =>
        new(StatusCodes.Status404NotFound, "NotFoundException", $"Invalid {resourceType} identifier specified {id}", resourceType);

    /// <summary>There is no such path.</summary>
    public static ControlPlaneError UnknownPath { get; } =
        new(StatusCodes.Status404NotFound, "NotFoundException", "The gateway has no operation at this path.");

    /// <summary>It is there already, or in use.</summary>
    public static ControlPlaneError Conflict(string message) => new(StatusCodes.Status409Conflict, "ConflictException", message);

    /// <summary>Not now; AWS's clients try again by themselves.</summary>
    public static ControlPlaneError Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailableException", message);

    /// <summary>An operation that AWS has and the gateway does not.</summary>
    public static ControlPlaneError NotImplemented(string message) => new(StatusCodes.Status501NotImplemented, "NotImplementedException", message);
}
