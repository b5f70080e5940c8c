using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>One call with all its attempts.</summary>
internal sealed class CallStory(long number, string kind, ConnectionId connection)
{
    /// <summary>Names the call; for a POST the message too.</summary>
    public long Number { get; } = number;

    /// <summary>One of <see cref="CallKinds"/>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Whom it is for.</summary>
    public ConnectionId Connection { get; } = connection;

    /// <summary>Its attempts, in order.</summary>
    public List<Attempt> Attempts { get; } = [];

    /// <summary>When nodes gave it to the bus.</summary>
    public List<(int Node, long At)> Sent { get; } = [];

    /// <summary>When the first attempt began.</summary>
    public long BeganAt => Attempts[0].BeganAt;

    /// <summary>When the caller knew that it was done. <see cref="long.MaxValue"/>: never.</summary>
    public long DoneAt
    {
        get
        {
            foreach (var attempt in Attempts)
            {
                if (attempt.Status is 200 or 204)
                {
                    return attempt.EndedAt;
                }
            }

            return long.MaxValue;
        }
    }
}
