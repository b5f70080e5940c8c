using Microsoft.AspNetCore.Routing.Matching;

namespace RealtimeGateway.Server.Listeners;

/// <summary>
/// An endpoint answers only on its own listener. What counts is the socket that the connection came in by; headers, which a client chooses, do not.
/// A connection of neither listener, or an endpoint of neither, matches nothing.
/// </summary>
internal sealed class ListenerMatcherPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <inheritdoc/>
    public override int Order => int.MinValue;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    /// <inheritdoc/>
    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var side = httpContext.Features.Get<ListenerSide>();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && (side is null || candidates[i].Endpoint.Metadata.GetMetadata<ListenerSide>() != side))
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }
}
