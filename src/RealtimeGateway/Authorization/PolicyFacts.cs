using System.Net;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Events;

namespace RealtimeGateway.Authorization;

/// <summary>What the conditions of policies may be about when a client connects.</summary>
internal static class PolicyFacts
{
    /// <summary>The facts of a CONNECT.</summary>
    public static PolicyContext Of(EventContext context) => PolicyContext.OfRequest(
        IPAddress.TryParse(context.Client.SourceIp, out var address) ? address : null,
        context.Upgrade?.Scheme == Uri.UriSchemeHttps,
        context.RequestTime);
}
