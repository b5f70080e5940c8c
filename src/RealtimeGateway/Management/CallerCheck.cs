using Microsoft.AspNetCore.Http;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Authorization;
using RealtimeGateway.Events;
using RealtimeGateway.FrontDoor;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Management;

/// <summary>
/// Checks who calls @connections: a signature or a bearer token where any is configured, else only a caller on this machine. In two steps, so that a
/// stranger is turned away before a byte of the body is read.
/// </summary>
internal sealed class CallerCheck(GatewayAccess access, TimeProvider time)
{
    private static readonly CallerRefusal Missing = CallerRefusal.Of(SigV4Outcome.MissingAuthenticationToken);

    /// <summary>Checks the head of a call.</summary>
    /// <param name="http">The call.</param>
    /// <param name="stage">The stage that it is about.</param>
    /// <param name="pending">What <see cref="Complete"/> needs with the body; null: nothing is left to check.</param>
    /// <returns>Null when nothing is wrong so far.</returns>
    public CallerRefusal? Begin(HttpContext http, StageIdentity stage, out SigV4Claim? pending)
    {
        pending = null;
        if (!access.HasCredentials)
        {
            return LocalCaller.Is(http) ? null : Missing;
        }

        if (http.Request.Headers.Authorization is [var only] && access.HasBearerToken(only))
        {
            return null;
        }

        var outcome = access.Signatures.Begin(http.Request, out var claim);
        if (outcome != SigV4Outcome.BodyPending)
        {
            return CallerRefusal.Of(outcome);
        }

        pending = claim;
        // With a signed hash of the body the caller is known already, and need not send it in vain.
        return claim.DeclaredPayload is null ? null : CheckPolicy(http, stage, claim);
    }

    /// <summary>Checks what the head left open.</summary>
    /// <returns>Null when the caller may do it.</returns>
    public CallerRefusal? Complete(HttpContext http, StageIdentity stage, in SigV4Claim claim, ReadOnlySpan<byte> body)
    {
        var outcome = access.Signatures.Complete(http.Request, claim, body);
        return outcome == SigV4Outcome.Verified ? CheckPolicy(http, stage, claim) : CallerRefusal.Of(outcome);
    }

    private CallerRefusal? CheckPolicy(HttpContext http, StageIdentity stage, in SigV4Claim claim)
    {
        var resource = ExecuteApiResource.OfConnections(
            stage.Region, stage.AccountId, stage.ApiId.ToString(), stage.Name, http.Request.Method);
        var address = http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;
        return access.Check(
            claim.Credential, ExecuteApiResource.ManageConnections, resource, PolicyContext.OfRequest(address, http.Request.IsHttps, time.GetUtcNow()));
    }
}
