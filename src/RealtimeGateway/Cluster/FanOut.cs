using System.Runtime.CompilerServices;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Queues one message for many connections, wherever they are. Those of this node begin at once, and the others meanwhile; a node is asked for a few hundred at
/// a time.
/// </summary>
internal sealed class FanOut(ConnectionRouter router, LocalConnections local, IMembership membership, TimeProvider time)
{
    /// <summary>
    /// So many connections are found before the first of them is sent to: their memory is cold, and the processor then waits for that of several at a time,
    /// which it cannot over a system call. After each group it is looked whether the thread has been held for <see cref="TurnTime"/>.
    /// </summary>
    private const int GroupSize = 16;

    /// <summary>For so long others wait at most for what goes to the connections of this node.</summary>
    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Sends a message to each.</summary>
    /// <param name="post">What to whom.</param>
    /// <param name="outcomes">Takes what came of it, in the order of the ids.</param>
    /// <param name="cancellationToken">Stops waiting for the fleet's members. What has been sent to another node is not taken back.</param>
    public async Task PostAsync(ManyPosts post, Memory<DeliveryOutcome> outcomes, CancellationToken cancellationToken)
    {
        var current = membership.Incarnation;
        var elsewhere = PostElsewhereAsync(post, current, outcomes, cancellationToken);
        try
        {
            await PostHereAsync(post, current, outcomes);
        }
        finally
        {
            // It writes into the outcomes, which are the caller's again when this ends.
            await elsewhere;
        }
    }

    private async ValueTask PostHereAsync(ManyPosts post, uint current, Memory<DeliveryOutcome> outcomes)
    {
        var message = new SharedMessage(post.Payload, post.IsBinary);
        for (var next = 0; next < post.Ids.Length;)
        {
            next = PostForOneTurn(post, message, current, outcomes.Span, next);
            if (next < post.Ids.Length)
            {
                await Task.Yield();
            }
        }
    }

    /// <returns>Where the next turn begins.</returns>
    private int PostForOneTurn(ManyPosts post, SharedMessage message, uint current, Span<DeliveryOutcome> outcomes, int next)
    {
        var begunAt = time.GetTimestamp();
        while (next < post.Ids.Length)
        {
            var ids = post.Ids.Span[next..Math.Min(next + GroupSize, post.Ids.Length)];
            PostToGroup(post, message, current, ids, outcomes[next..]);
            next += ids.Length;
            if (time.GetElapsedTime(begunAt) >= TurnTime)
            {
                break;
            }
        }

        return next;
    }

    private void PostToGroup(ManyPosts post, SharedMessage message, uint current, ReadOnlySpan<ConnectionId> ids, Span<DeliveryOutcome> outcomes)
    {
        var group = default(Group);
        for (var i = 0; i < ids.Length; i++)
        {
            group[i] = ids[i].Incarnation == current ? local.Find(ids[i], post.ApiId) : null;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            if (group[i] is { } connection)
            {
                outcomes[i] = local.Post(connection, message, post.KeyFor(ids[i]));
            }
            else if (ids[i].Incarnation == current)
            {
                outcomes[i] = DeliveryOutcome.Gone;
            }
        }
    }

    private Task PostElsewhereAsync(ManyPosts post, uint current, Memory<DeliveryOutcome> outcomes, CancellationToken cancellationToken)
    {
        Dictionary<uint, List<int>>? places = null;
        var ids = post.Ids.Span;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i].Incarnation == current)
            {
                continue;
            }

            places ??= [];
            if (!places.TryGetValue(ids[i].Incarnation, out var ofNode))
            {
                places.Add(ids[i].Incarnation, ofNode = []);
            }

            ofNode.Add(i);
        }

        return places is null
            ? Task.CompletedTask
            : Task.WhenAll(places.Values.Select(ofNode => new NodeFanOut(router, post, ofNode, outcomes, time).PostAsync(cancellationToken)));
    }

    [InlineArray(GroupSize)]
    private struct Group
    {
        private Connection? _first;
    }
}
