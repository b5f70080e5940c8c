namespace RealtimeGateway.Apis;

/// <summary>What decides who may connect.</summary>
public enum AuthorizerType
{
    /// <summary>REQUEST: a Lambda function that is shown the handshake.</summary>
    Request,

    /// <summary>JWT: the signature and claims of a token.</summary>
    Jwt,
}
