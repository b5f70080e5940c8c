using RealtimeGateway.Events;

namespace RealtimeGateway.Authorization;

/// <summary>Decides who may connect. Safe for any number of handshakes at once.</summary>
internal interface IAuthorizer
{
    /// <summary>Decides about a CONNECT. Whatever a client, a function or the network does is a decision; only bugs throw.</summary>
    ValueTask<AuthorizationDecision> AuthorizeAsync(EventContext context, CancellationToken cancellationToken);
}
