using Microsoft.AspNetCore.Http;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Authorization;

/// <summary>Whether a client may connect, and what is known of it then. <c>default</c> refuses.</summary>
internal readonly record struct AuthorizationDecision
{
    /// <summary>Whether it may.</summary>
    public bool IsAllowed { get; private init; }

    /// <summary>The status of a refusal: 403 where nobody said another.</summary>
    public int Status { get => field == 0 ? SigV4Refusal.StatusCode : field; private init; }

    /// <summary>The words of a refusal.</summary>
    public ErrorFrame? Error { get; private init; }

    /// <summary>The words of a refusal at the front door, in place of <see cref="Error"/>.</summary>
    public CallerRefusal? Caller { get; private init; }

    /// <summary>What the authorizer says of the client, for its events; null: nothing.</summary>
    public AuthorizerContext? Context { get; private init; }

    /// <summary>Who signed the handshake; null: nobody.</summary>
    public CallerIdentity? Identity { get; private init; }

    /// <summary>The decision as a check of the access log.</summary>
    public AccessStep ToStep(long latencyMilliseconds) => IsAllowed
        ? new(StatusCodes.Status200OK, latencyMilliseconds, null)
        : new(Status, latencyMilliseconds, Error?.Message ?? Caller?.Message);

    /// <summary>The client may connect.</summary>
    public static AuthorizationDecision Allow(AuthorizerContext context) => new() { IsAllowed = true, Context = context };

    /// <summary>The signer may connect.</summary>
    public static AuthorizationDecision Allow(CallerIdentity identity) => new() { IsAllowed = true, Identity = identity };

    /// <summary>The client may not connect.</summary>
    public static AuthorizationDecision Refuse(int status, ErrorFrame error) => new() { Status = status, Error = error };

    /// <summary>The client has not proved who it is, or may not connect by its key's policy.</summary>
    public static AuthorizationDecision Refuse(CallerRefusal refusal) => new() { Caller = refusal };
}
