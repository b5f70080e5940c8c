using Microsoft.AspNetCore.Http;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.Events;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Authorization;

/// <summary>
/// Everything that is asked of a client before the back end of <c>$connect</c> is: rate, API key, authorizer, parameters, in this order, the cheap
/// before the dear. Immutable; belongs to one stage.
/// </summary>
internal sealed class Admission
{
    private const string KeyHeader = "x-api-key";

    /// <summary>Measures how long authorizers take.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The rate of connects; null: unbounded.</summary>
    public required TokenBucket? Throttle { get; init; }

    /// <summary>The rate of the whole gateway; null: unbounded.</summary>
    public required TokenBucket? AccountThrottle { get; init; }

    /// <summary>The keys of which a client needs one; null: it needs none.</summary>
    public required StageApiKeys? ApiKeys { get; init; }

    /// <summary>Whether the authorizer names the key, instead of a header of the client.</summary>
    public required bool IsKeyFromAuthorizer { get; init; }

    /// <summary>Decides who may connect; null: anyone.</summary>
    public required IAuthorizer? Authorizer { get; init; }

    /// <summary>What the handshake must have in it.</summary>
    public required RequiredParameters Parameters { get; init; }

    /// <summary>
    /// Asks. When the client may go on, the event's client says who it is; when not, the event's error says why.
    /// </summary>
    /// <returns>Null when the client may go on.</returns>
    public async ValueTask<AuthorizationDecision?> RefuseAsync(EventContext context, CancellationToken cancellationToken)
    {
        var refusal = CheckRate()
            ?? (IsKeyFromAuthorizer ? null : CheckKey(context, context.Upgrade!.Headers[KeyHeader] is [var only] ? only : null))
            ?? await AuthorizeAsync(context, cancellationToken)
            ?? (IsKeyFromAuthorizer ? CheckKey(context, context.Client.Authorizer?.UsageIdentifierKey) : null)
            ?? CheckParameters(context);
        context.Error = refusal?.Error ?? refusal?.Caller?.ToError();
        return refusal;
    }

    private AuthorizationDecision? CheckRate() => Throttles.TryTake(Throttle, AccountThrottle)
        ? null
        : AuthorizationDecision.Refuse(StatusCodes.Status429TooManyRequests, ErrorFrame.TooManyRequests);

    private AuthorizationDecision? CheckKey(EventContext context, string? value)
    {
        if (ApiKeys is not { } keys)
        {
            return null;
        }

        if (value is null || keys.Find(value) is not { } grant)
        {
            return AuthorizationDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.Forbidden);
        }

        context.Client = context.Client with { ApiKeyId = grant.KeyId, ApiKey = value };
        return grant.Usage.TryTake(grant.Limits) switch
        {
            KeyVerdict.Taken => null,
            KeyVerdict.OverQuota => AuthorizationDecision.Refuse(StatusCodes.Status429TooManyRequests, ErrorFrame.LimitExceeded),
            _ => AuthorizationDecision.Refuse(StatusCodes.Status429TooManyRequests, ErrorFrame.TooManyRequests),
        };
    }

    private async ValueTask<AuthorizationDecision?> AuthorizeAsync(EventContext context, CancellationToken cancellationToken)
    {
        if (Authorizer is null)
        {
            return null;
        }

        var started = Time.GetTimestamp();
        var decision = await Authorizer.AuthorizeAsync(context, cancellationToken);
        context.AuthorizerLatencyMilliseconds = Time.MillisecondsSince(started);
        if (!decision.IsAllowed)
        {
            return decision;
        }

        context.Client = context.Client with { Authorizer = decision.Context, Caller = decision.Identity };
        return null;
    }

    private AuthorizationDecision? CheckParameters(EventContext context) => Parameters.AreIn(context.Upgrade!)
        ? null
        : AuthorizationDecision.Refuse(StatusCodes.Status400BadRequest, ErrorFrame.BadRequestParameters);
}
