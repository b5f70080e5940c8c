namespace RealtimeGateway.Expressions;

/// <summary>
/// The variables under <c>$context</c> of a WebSocket API
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mapping-template-reference.html and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html).
/// </summary>
internal enum ContextKey
{
    /// <summary>A name that has no value here; it never has one, so access logs print <c>-</c>.</summary>
    Unset = 0,

    ApiId,
    ConnectedAt,
    ConnectionId,
    DomainName,
    DomainPrefix,
    ErrorMessage,
    ErrorMessageString,
    ErrorResponseType,
    ErrorValidationErrorString,
    EventType,
    ExtendedRequestId,
    MessageDirection,
    MessageId,
    RequestId,
    RequestTime,
    RequestTimeEpoch,
    RouteKey,
    Stage,
    Status,

    IdentityAccountId,
    IdentityApiKey,
    IdentityApiKeyId,
    IdentityCaller,
    IdentityCognitoAuthenticationProvider,
    IdentityCognitoAuthenticationType,
    IdentityCognitoIdentityId,
    IdentityCognitoIdentityPoolId,
    IdentitySourceIp,
    IdentityUser,
    IdentityUserAgent,
    IdentityUserArn,

    AuthorizerPrincipalId,

    /// <summary><c>authorizer.{property}</c>: a member of the authorizer's context; <see cref="ContextVariable.Property"/> names it.</summary>
    AuthorizerProperty,

    // Access logs only. In templates and mappings "authorizer.status" and the like are members of the authorizer's context.
    AuthenticateError,
    AuthenticateLatency,
    AuthenticateStatus,
    AuthorizeError,
    AuthorizeLatency,
    AuthorizeStatus,
    AuthorizerError,
    AuthorizerIntegrationLatency,
    AuthorizerIntegrationStatus,
    AuthorizerLatency,
    AuthorizerRequestId,
    AuthorizerStatus,
    IdentityPrincipalOrgId,
    IntegrationError,
    IntegrationIntegrationStatus,
    IntegrationLatency,

    /// <summary><c>integrationLatency</c>, in ms; set on WebSocket rows, where <c>integration.latency</c> is not.</summary>
    IntegrationLatencyTotal,

    IntegrationRequestId,
    IntegrationStatus,
    WafError,
    WafLatency,
    WafStatus,
}
