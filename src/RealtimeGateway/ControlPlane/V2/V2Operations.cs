using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Every operation of apigatewayv2, also those that the gateway does not have, so that they can say so by name.</summary>
internal static class V2Operations
{
    /// <summary>The operations.</summary>
    public static IEnumerable<Operation> All =>
    [
        .. new ApiKind().Operations,
    ];
}
