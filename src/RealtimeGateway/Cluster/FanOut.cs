using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Queues one message for many connections, wherever they are. Those of this node begin at once, and the others meanwhile; a node is asked for a few hundred at
/// a time.
/// </summary>
internal sealed class FanOut(ConnectionRouter router, LocalConnections local, OwnIncarnations own, TimeProvider time)
{
    /// <summary>After so many sends it is looked whether the thread has been held for <see cref="TurnTime"/>.</summary>
    private const int LookEvery = 16;

    /// <summary>For so long others wait at most for what goes to the connections of this node.</summary>
    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Sends a message to each.</summary>
    /// <param name="post">What to whom.</param>
    /// <param name="outcomes">Takes what came of it, in the order of the ids.</param>
    /// <param name="cancellationToken">Stops waiting for the fleet's members. What has been sent to another node is not taken back.</param>
    public async Task PostAsync(ManyPosts post, Memory<DeliveryOutcome> outcomes, CancellationToken cancellationToken)
    {
        var current = own.Current;
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
        var ids = post.Ids.Span;
        var sends = 0;
        for (; next < ids.Length; next++)
        {
            var id = ids[next];
            if (id.Incarnation != current)
            {
                continue;
            }

            outcomes[next] = local.Post(id, post.ApiId, message, post.KeyFor(id));
            if (++sends % LookEvery == 0 && time.GetElapsedTime(begunAt) >= TurnTime)
            {
                return next + 1;
            }
        }

        return next;
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
}
