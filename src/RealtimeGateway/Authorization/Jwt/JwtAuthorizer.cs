using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>
/// JWT: the client brings a token of a known issuer, and its claims become the authorizer context. Amazon API Gateway has this for HTTP APIs only
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
/// </summary>
/// <param name="validator">Checks tokens.</param>
/// <param name="source">Where the token is; null: the <c>Authorization</c> header, else the query parameter <c>access_token</c> (RFC 6750 §2.1, §2.3).</param>
/// <param name="scopes">Scopes of which the token needs one; none: it needs none.</param>
/// <param name="log">Takes what operators have to mend.</param>
internal sealed partial class JwtAuthorizer(JwtValidator validator, IdentitySource? source, ImmutableArray<string> scopes, ILogger log) : IAuthorizer
{
    private const string Scheme = "Bearer ";

    /// <inheritdoc/>
    public async ValueTask<AuthorizationDecision> AuthorizeAsync(EventContext context, CancellationToken cancellationToken)
    {
        var token = source is null ? FindToken(context.Upgrade!) : source.Find(context);
        if (string.IsNullOrEmpty(token))
        {
            return AuthorizationDecision.Refuse(StatusCodes.Status401Unauthorized, ErrorFrame.Unauthorized);
        }

        if (token.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            token = token[Scheme.Length..].Trim(' ');
        }

        var result = await validator.ValidateAsync(token, scopes, cancellationToken);
        switch (result.Outcome)
        {
            case JwtOutcome.Valid:
                return AuthorizationDecision.Allow(ContextOf(result.Claims));
            case JwtOutcome.InsufficientScope:
                return AuthorizationDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.Forbidden);
            case JwtOutcome.KeysUnavailable:
                Log.KeySetUnavailable(log, context.Stage.ApiId.ToString());
                return AuthorizationDecision.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.AuthorizerFailure);
            default:
                return AuthorizationDecision.Refuse(StatusCodes.Status401Unauthorized, ErrorFrame.Unauthorized);
        }
    }

    private static string? FindToken(UpgradeRequest upgrade) => upgrade.Headers.Authorization switch
    {
        [] => upgrade.SingleValueQuery.GetValueOrDefault("access_token"),
        [var only] => only,
        // Two headers are two opinions about who this is.
        _ => null,
    };

    private static AuthorizerContext ContextOf(IReadOnlyDictionary<string, string> claims) => new()
    {
        PrincipalId = claims.GetValueOrDefault("sub"),
        Values = claims.Where(static claim => !AuthorizerContext.IsReserved(claim.Key)).ToFrozenDictionary(StringComparer.Ordinal),
    };

    private static partial class Log
    {
        [LoggerMessage(EventIds.KeySetUnavailable, LogLevel.Warning, "A client of the API {Api} was refused: the key set of its JWT issuer cannot be had.")]
        public static partial void KeySetUnavailable(ILogger logger, string api);
    }
}
