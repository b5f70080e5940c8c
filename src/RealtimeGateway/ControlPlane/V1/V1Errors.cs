using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>Refusals in the words of apigateway.</summary>
internal static class V1Errors
{
    /// <summary>There is no such thing; unlike apigatewayv2 this API does not tell the type in a member of its own.</summary>
    public static ControlPlaneError NotFound(string what) =>
        new(StatusCodes.Status404NotFound, "NotFoundException", $"Invalid {what} identifier specified");
}
