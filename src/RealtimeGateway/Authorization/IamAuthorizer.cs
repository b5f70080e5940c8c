using Microsoft.AspNetCore.Http;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Events;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Authorization;

/// <summary>
/// AWS_IAM: the handshake is signed, in its headers or as a pre-signed URL, by a key whose policy allows <c>execute-api:Invoke</c>
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html).
/// </summary>
internal sealed class IamAuthorizer(GatewayAccess access, TimeProvider time) : IAuthorizer
{
    /// <inheritdoc/>
    public ValueTask<AuthorizationDecision> AuthorizeAsync(EventContext context, CancellationToken cancellationToken) => new(Decide(context));

    private AuthorizationDecision Decide(EventContext context)
    {
        var upgrade = context.Upgrade!;
        var started = time.GetTimestamp();
        var claim = default(SigV4Claim);
        var outcome = upgrade.Request is { } request ? access.Signatures.VerifyWithoutBody(request, out claim) : SigV4Outcome.MissingAuthenticationToken;
        if (outcome != SigV4Outcome.Verified)
        {
            var refused = AuthorizationDecision.Refuse(CallerRefusal.Of(outcome));
            context.Checks = new AccessChecks { Authenticate = refused.ToStep(time.MillisecondsSince(started)) };
            return refused;
        }

        var authenticated = new AccessStep(StatusCodes.Status200OK, time.MillisecondsSince(started), null);
        started = time.GetTimestamp();
        var decision = access.Check(claim.Credential, ExecuteApiResource.Invoke, context.Stage.RouteArn(context.RouteKey), PolicyFacts.Of(context)) is { } refusal
            ? AuthorizationDecision.Refuse(refusal)
            : AuthorizationDecision.Allow(access.IdentityOf(claim.Credential));
        context.Checks = new AccessChecks { Authenticate = authenticated, Authorize = decision.ToStep(time.MillisecondsSince(started)) };
        return decision;
    }
}
