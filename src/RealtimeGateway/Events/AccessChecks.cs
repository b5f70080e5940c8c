namespace RealtimeGateway.Events;

/// <summary>
/// What the checks of a handshake came to, for the access log: null for each that was not made. See
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html.
/// </summary>
/// <remarks>A class, so that the contexts of messages, which have none, do not carry it.</remarks>
internal sealed record AccessChecks
{
    /// <summary><c>$context.authenticate.*</c>: whether a signature or a token proves who the client is.</summary>
    public AccessStep? Authenticate { get; init; }

    /// <summary><c>$context.authorize.*</c>: whether a policy lets the client connect.</summary>
    public AccessStep? Authorize { get; init; }

    /// <summary><c>$context.authorizer.*</c>: what an authorizer said.</summary>
    public AuthorizerCheck? Authorizer { get; init; }
}
