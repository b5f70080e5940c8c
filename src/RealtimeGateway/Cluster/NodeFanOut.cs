using System.Runtime.InteropServices;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// The part of a message to many that goes to one other node: some connections in a request, a few requests at a time. When the node does not answer one,
/// the rest is not tried: the caller has waited long enough.
/// </summary>
/// <param name="router">The way to the node.</param>
/// <param name="post">The whole.</param>
/// <param name="places">Which of its ids are the node's.</param>
/// <param name="outcomes">Takes what came of them.</param>
/// <param name="time">Bounds what is begun.</param>
internal sealed class NodeFanOut(ConnectionRouter router, ManyPosts post, List<int> places, Memory<DeliveryOutcome> outcomes, TimeProvider time)
{
    private readonly long _startedAt = new BusClock(time).Now;
    private int _next;

    /// <summary>What the rest is answered when it is not tried; <see cref="DeliveryOutcome.Done"/>: it is.</summary>
    private volatile DeliveryOutcome _rest = DeliveryOutcome.Done;

    /// <summary>Asks the node; completes when there is an outcome for each.</summary>
    public Task PostAsync(CancellationToken cancellationToken)
    {
        var lanes = new Task[Math.Min(BusLimits.TargetsInFlight, 1 + ((places.Count - 1) / BusLimits.MaxTargets))];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = PostOneAfterTheOtherAsync(cancellationToken);
        }

        return Task.WhenAll(lanes);
    }

    private async Task PostOneAfterTheOtherAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var begin = Interlocked.Add(ref _next, BusLimits.MaxTargets) - BusLimits.MaxTargets;
            if (begin >= places.Count)
            {
                return;
            }

            var count = Math.Min(BusLimits.MaxTargets, places.Count - begin);
            if (_rest == DeliveryOutcome.Done && new BusClock(time).Now - _startedAt >= BusLimits.GiveUpAfter)
            {
                _rest = DeliveryOutcome.Unreachable;
            }

            if (_rest != DeliveryOutcome.Done)
            {
                Settle(begin, count, _rest);
                continue;
            }

            var (targets, keys) = Encode(begin, count);
            var answer = await router.PostManyAsync(targets, keys, post.ApiId, post.Payload, post.IsBinary, cancellationToken);
            if (answer.Outcome == DeliveryOutcome.Done)
            {
                Settle(begin, count, answer.Each);
                continue;
            }

            Settle(begin, count, answer.Outcome);
            // The rest has not been asked for, so that of it more is known than of what was.
            _rest = answer.Outcome == DeliveryOutcome.Gone ? DeliveryOutcome.Gone : DeliveryOutcome.Unreachable;
        }
    }

    private (byte[] Targets, byte[] Keys) Encode(int begin, int count)
    {
        var ids = post.Ids.Span;
        var targets = new byte[count * ConnectionId.Size];
        var keys = post.Name.IsNone ? [] : new byte[count * DeliveryKey.Size];
        for (var i = 0; i < count; i++)
        {
            var id = ids[places[begin + i]];
            id.CopyTo(targets.AsSpan(i * ConnectionId.Size));
            if (keys.Length > 0)
            {
                post.KeyFor(id).CopyTo(keys.AsSpan(i * DeliveryKey.Size));
            }
        }

        return (targets, keys);
    }

    private void Settle(int begin, int count, byte[]? each)
    {
        if (each is null || each.Length != count)
        {
            // Whatever the node did, it does not say.
            Settle(begin, count, DeliveryOutcome.Unknown);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            outcomes.Span[places[begin + i]] = NodeLink.OutcomeOf((ReplyOutcome)each[i]);
        }
    }

    private void Settle(int begin, int count, DeliveryOutcome outcome)
    {
        foreach (var place in CollectionsMarshal.AsSpan(places).Slice(begin, count))
        {
            outcomes.Span[place] = outcome;
        }
    }
}
