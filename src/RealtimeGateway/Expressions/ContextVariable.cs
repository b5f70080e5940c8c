using System.Collections.Frozen;

namespace RealtimeGateway.Expressions;

/// <summary>One <c>$context</c> variable, named once when an expression is compiled, so that reading it is a switch.</summary>
/// <param name="Key">Which variable.</param>
/// <param name="Property">
/// The member for <see cref="ContextKey.AuthorizerProperty"/>, the whole name for <see cref="ContextKey.Unset"/>, otherwise null.
/// </param>
/// <remarks>Names are those after <c>$context.</c> and are case-sensitive, as on AWS.</remarks>
internal readonly record struct ContextVariable(ContextKey Key, string? Property = null)
{
    private const string AuthorizerPrefix = "authorizer.";

    private static readonly FrozenDictionary<string, ContextKey> Everywhere = new Dictionary<string, ContextKey>(StringComparer.Ordinal)
    {
        ["apiId"] = ContextKey.ApiId,
        ["authorizer.principalId"] = ContextKey.AuthorizerPrincipalId,
        ["connectedAt"] = ContextKey.ConnectedAt,
        ["connectionId"] = ContextKey.ConnectionId,
        ["domainName"] = ContextKey.DomainName,
        ["error.message"] = ContextKey.ErrorMessage,
        ["error.messageString"] = ContextKey.ErrorMessageString,
        ["error.responseType"] = ContextKey.ErrorResponseType,
        ["error.validationErrorString"] = ContextKey.ErrorValidationErrorString,
        ["eventType"] = ContextKey.EventType,
        ["extendedRequestId"] = ContextKey.ExtendedRequestId,
        ["identity.accountId"] = ContextKey.IdentityAccountId,
        ["identity.apiKey"] = ContextKey.IdentityApiKey,
        ["identity.apiKeyId"] = ContextKey.IdentityApiKeyId,
        ["identity.caller"] = ContextKey.IdentityCaller,
        ["identity.cognitoAuthenticationProvider"] = ContextKey.IdentityCognitoAuthenticationProvider,
        ["identity.cognitoAuthenticationType"] = ContextKey.IdentityCognitoAuthenticationType,
        ["identity.cognitoIdentityId"] = ContextKey.IdentityCognitoIdentityId,
        ["identity.cognitoIdentityPoolId"] = ContextKey.IdentityCognitoIdentityPoolId,
        ["identity.sourceIp"] = ContextKey.IdentitySourceIp,
        ["identity.user"] = ContextKey.IdentityUser,
        ["identity.userAgent"] = ContextKey.IdentityUserAgent,
        ["identity.userArn"] = ContextKey.IdentityUserArn,
        ["messageDirection"] = ContextKey.MessageDirection,
        ["messageId"] = ContextKey.MessageId,
        ["requestId"] = ContextKey.RequestId,
        ["requestTime"] = ContextKey.RequestTime,
        ["requestTimeEpoch"] = ContextKey.RequestTimeEpoch,
        ["routeKey"] = ContextKey.RouteKey,
        ["stage"] = ContextKey.Stage,
        ["status"] = ContextKey.Status,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ContextKey> AccessLogOnly = new Dictionary<string, ContextKey>(StringComparer.Ordinal)
    {
        ["authenticate.error"] = ContextKey.AuthenticateError,
        ["authenticate.latency"] = ContextKey.AuthenticateLatency,
        ["authenticate.status"] = ContextKey.AuthenticateStatus,
        ["authorize.error"] = ContextKey.AuthorizeError,
        ["authorize.latency"] = ContextKey.AuthorizeLatency,
        ["authorize.status"] = ContextKey.AuthorizeStatus,
        ["authorizer.error"] = ContextKey.AuthorizerError,
        ["authorizer.integrationLatency"] = ContextKey.AuthorizerIntegrationLatency,
        ["authorizer.integrationStatus"] = ContextKey.AuthorizerIntegrationStatus,
        ["authorizer.latency"] = ContextKey.AuthorizerLatency,
        ["authorizer.requestId"] = ContextKey.AuthorizerRequestId,
        ["authorizer.status"] = ContextKey.AuthorizerStatus,
        ["domainPrefix"] = ContextKey.DomainPrefix,
        ["identity.principalOrgId"] = ContextKey.IdentityPrincipalOrgId,
        ["integration.error"] = ContextKey.IntegrationError,
        ["integration.integrationStatus"] = ContextKey.IntegrationIntegrationStatus,
        ["integration.latency"] = ContextKey.IntegrationLatency,
        ["integration.requestId"] = ContextKey.IntegrationRequestId,
        ["integration.status"] = ContextKey.IntegrationStatus,
        ["integrationLatency"] = ContextKey.IntegrationLatencyTotal,
        ["waf.error"] = ContextKey.WafError,
        ["waf.latency"] = ContextKey.WafLatency,
        ["waf.status"] = ContextKey.WafStatus,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<ContextKey, string> NamesByKey =
        Everywhere.Concat(AccessLogOnly).ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key);

    /// <summary>Every name that templates and parameter mappings may use, except those of an authorizer's own members.</summary>
    public static IReadOnlyList<string> Names => Everywhere.Keys;

    /// <summary>The name as written after <c>$context.</c>.</summary>
    public string Name => Key switch
    {
        ContextKey.Unset => Property ?? string.Empty,
        ContextKey.AuthorizerProperty => AuthorizerPrefix + Property,
        _ => NamesByKey[Key],
    };

    /// <summary>
    /// Names a variable of templates and parameter mappings. <see langword="false"/> for a name that is never set there; a template
    /// prints nothing for it.
    /// </summary>
    /// <param name="name">What stands after <c>$context.</c> or <c>context.</c>.</param>
    /// <param name="variable">The variable; <see cref="ContextKey.Unset"/> when false.</param>
    public static bool TryParse(ReadOnlySpan<char> name, out ContextVariable variable)
    {
        if (Everywhere.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var key))
        {
            variable = new ContextVariable(key);
            return true;
        }

        if (name.Length > AuthorizerPrefix.Length && name.StartsWith(AuthorizerPrefix, StringComparison.Ordinal))
        {
            variable = new ContextVariable(ContextKey.AuthorizerProperty, name[AuthorizerPrefix.Length..].ToString());
            return true;
        }

        variable = new ContextVariable(ContextKey.Unset, name.ToString());
        return false;
    }

    /// <summary>
    /// Names a variable of an access-log format. Every name is accepted there: one that a WebSocket API never sets, such as
    /// <c>responseLength</c>, is <see cref="ContextKey.Unset"/> and prints <c>-</c>.
    /// </summary>
    /// <param name="name">What stands after <c>$context.</c>.</param>
    public static ContextVariable ParseForAccessLog(ReadOnlySpan<char> name)
    {
        // First, because "authorizer.status" is also the form of a member of the authorizer's context.
        if (AccessLogOnly.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var key))
        {
            return new ContextVariable(key);
        }

        _ = TryParse(name, out var variable);
        return variable;
    }
}
