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
/// <param name="time">Measures the check.</param>
/// <param name="log">Takes what operators have to mend.</param>
internal sealed partial class JwtAuthorizer(JwtValidator validator, IdentitySource? source, ImmutableArray<string> scopes, TimeProvider time, ILogger log)
    : IAuthorizer
{
    private const string Scheme = "Bearer ";

    /// <inheritdoc/>
    public async ValueTask<AuthorizationDecision> AuthorizeAsync(EventContext context, CancellationToken cancellationToken)
    {
        var token = source is null ? FindToken(context.Upgrade!) : source.Find(context);
        if (string.IsNullOrEmpty(token))
        {
            Record(context, StatusCodes.Status401Unauthorized, "There is no token.", 0);
            return AuthorizationDecision.Refuse(StatusCodes.Status401Unauthorized, ErrorFrame.Unauthorized);
        }

        if (token.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            token = token[Scheme.Length..].Trim(' ');
        }

        var started = time.GetTimestamp();
        var result = await validator.ValidateAsync(token, scopes, cancellationToken);
        var decision = Decide(context, result);
        Record(context, decision.IsAllowed ? StatusCodes.Status200OK : decision.Status, WordsOf(result.Outcome), time.MillisecondsSince(started));
        return decision;
    }

    private AuthorizationDecision Decide(EventContext context, in JwtResult result)
    {
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

    /// <summary>
    /// A token without the scope proves who the client is all the same. As in HTTP APIs there is no policy, and so nothing of <c>authorize.*</c>.
    /// </summary>
    private static void Record(EventContext context, int status, string? error, long latency)
    {
        var isKnown = status == StatusCodes.Status403Forbidden;
        context.Checks = new AccessChecks
        {
            Authenticate = new AccessStep(isKnown ? StatusCodes.Status200OK : status, latency, isKnown ? null : error),
            Authorizer = new AuthorizerCheck(status, error),
        };
    }

    /// <summary>For operators, who see in it nothing of the token.</summary>
    private static string? WordsOf(JwtOutcome outcome) => outcome switch
    {
        JwtOutcome.Valid => null,
        JwtOutcome.AlgorithmNotAllowed => "The token's algorithm is not allowed.",
        JwtOutcome.WrongIssuer => "The token is of another issuer.",
        JwtOutcome.UnknownKey => "The token's key is not in the issuer's key set.",
        JwtOutcome.KeysUnavailable => "The issuer's key set cannot be had.",
        JwtOutcome.InvalidSignature => "The token's signature is wrong.",
        JwtOutcome.Expired => "The token has expired.",
        JwtOutcome.NotYetValid => "The token is not valid yet.",
        JwtOutcome.WrongAudience => "The token is for another audience.",
        JwtOutcome.InsufficientScope => "The token has none of the scopes.",
        _ => "The token is malformed.",
    };

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
