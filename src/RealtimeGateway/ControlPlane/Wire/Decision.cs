using System.Collections.Immutable;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>What an operation comes to, given a state: the changes, and the answer when they are made.</summary>
internal sealed record Decision(Reply Reply, ImmutableArray<ResourceChange> Changes)
{
    /// <summary>Answers and changes nothing.</summary>
    public static implicit operator Decision(Reply reply) => new(reply, []);

    /// <summary>Refuses.</summary>
    public static implicit operator Decision(ControlPlaneError error) => new(Reply.Of(error), []);
}
