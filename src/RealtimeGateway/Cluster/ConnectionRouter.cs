using System.Runtime.CompilerServices;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Reaches any connection, wherever it is: its id names its node. What is on this node is done at once, without waiting for anything; another node is asked,
/// and answers or is given up within 3 s.
/// </summary>
/// <param name="local">The connections of this node.</param>
/// <param name="membership">Which ids are of this process, and what is known of the others.</param>
/// <param name="bus">The way to them; null when there are none.</param>
/// <param name="time">Bounds what is awaited.</param>
internal sealed class ConnectionRouter(LocalConnections local, IMembership membership, NodeBus? bus, TimeProvider time)
{
    /// <summary>How long the fleet is asked about a node that is not known; the call to that node has to fit into what is left of 3 s.</summary>
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Where a call is to go.</summary>
    private enum Way
    {
        /// <summary>Nowhere now.</summary>
        None,

        /// <summary>The node has ended, or never was.</summary>
        Gone,

        /// <summary>To its node.</summary>
        Bus,

        /// <summary>The fleet must be asked first.</summary>
        Ask,
    }

    /// <summary>Queues a message for a connection.</summary>
    /// <param name="id">The connection.</param>
    /// <param name="apiId">The API that the call came through; another API's connections are gone to it.</param>
    /// <param name="payload">The message; must stay as it is until the call has ended.</param>
    /// <param name="isBinary">Whether it is a binary message; text otherwise.</param>
    /// <param name="key">Makes repeats known as such; <see langword="default"/>: it is none.</param>
    /// <param name="cancellationToken">Stops waiting for the fleet's members. What has been sent to another node is not taken back.</param>
    public ValueTask<DeliveryOutcome> PostAsync(
        ConnectionId id, ApiId apiId, ReadOnlyMemory<byte> payload, bool isBinary, DeliveryKey key, CancellationToken cancellationToken) =>
        id.Incarnation == membership.Incarnation
            ? ValueTask.FromResult(local.Post(id, apiId, payload.Span, isBinary, key))
            : SendAsync(Call(CallKind.Post, id, apiId) with { Payload = payload, IsBinary = isBinary, Key = key }, cancellationToken);

    /// <summary>Begins to close a connection.</summary>
    public ValueTask<DeliveryOutcome> DeleteAsync(ConnectionId id, ApiId apiId, CancellationToken cancellationToken) =>
        id.Incarnation == membership.Incarnation
            ? ValueTask.FromResult(local.Delete(id, apiId))
            : SendAsync(Call(CallKind.Delete, id, apiId), cancellationToken);

    /// <summary>Describes a connection.</summary>
    public ValueTask<RemoteAnswer> GetAsync(ConnectionId id, ApiId apiId, CancellationToken cancellationToken)
    {
        if (id.Incarnation != membership.Incarnation)
        {
            return DescribeAsync(Call(CallKind.Get, id, apiId), cancellationToken);
        }

        var outcome = local.Get(id, apiId, out var description);
        return ValueTask.FromResult(new RemoteAnswer(outcome, outcome == DeliveryOutcome.Done ? description : null));
    }

    /// <summary>Queues a message for several connections of one other node, at most <see cref="BusLimits.MaxTargets"/>.</summary>
    /// <param name="targets">Their ids, <see cref="ConnectionId.Size"/> bytes each.</param>
    /// <param name="keys">Their keys, <see cref="DeliveryKey.Size"/> bytes each; empty: there are none.</param>
    /// <param name="apiId">The API that the call came through.</param>
    /// <param name="payload">The message. Like the rest, it must stay as it is until the call has ended.</param>
    /// <param name="isBinary">Whether it is a binary message.</param>
    /// <param name="cancellationToken">Stops waiting for the fleet's members. What has been sent to the node is not taken back.</param>
    public ValueTask<RemoteAnswer> PostManyAsync(
        ReadOnlyMemory<byte> targets, ReadOnlyMemory<byte> keys, ApiId apiId, ReadOnlyMemory<byte> payload, bool isBinary, CancellationToken cancellationToken) =>
        DescribeAsync(
            Call(CallKind.PostMany, ConnectionId.Read(targets.Span[..ConnectionId.Size]), apiId) with
            {
                Targets = targets, TargetKeys = keys, Payload = payload, IsBinary = isBinary,
            },
            cancellationToken);

    private RemoteCall Call(CallKind kind, ConnectionId id, ApiId apiId) => new(kind, id, apiId, new BusClock(time).Now);

    private ValueTask<DeliveryOutcome> SendAsync(in RemoteCall call, CancellationToken cancellationToken) => WayTo(call.Id.Incarnation) switch
    {
        Way.Bus => SendOverBusAsync(call, cancellationToken),
        Way.Ask => AskThenSendAsync(call, cancellationToken),
        Way.Gone => ValueTask.FromResult(DeliveryOutcome.Gone),
        _ => ValueTask.FromResult(DeliveryOutcome.Unreachable),
    };

    /// <summary>Whether the fleet now says that the node of a call which could not be made has ended: one that has just left, or been buried, is in the last view still.</summary>
    private async ValueTask<bool> HasEndedAsync(RemoteCall call, CancellationToken cancellationToken) =>
        // Not when it took long to find out: the caller is promised an answer within 3 s.
        new BusClock(time).Now - call.StartedAt < ResolveTimeout.TotalMilliseconds && await ResolveAsync(call.Id.Incarnation, cancellationToken) == Way.Gone;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DeliveryOutcome> SendOverBusAsync(RemoteCall call, CancellationToken cancellationToken)
    {
        var outcome = await bus!.AskAsync(call);
        return outcome == DeliveryOutcome.Unreachable && await HasEndedAsync(call, cancellationToken) ? DeliveryOutcome.Gone : outcome;
    }

    private async ValueTask<DeliveryOutcome> AskThenSendAsync(RemoteCall call, CancellationToken cancellationToken) =>
        await ResolveAsync(call.Id.Incarnation, cancellationToken) switch
        {
            Way.Bus => await bus!.AskAsync(call),
            Way.Gone => DeliveryOutcome.Gone,
            _ => DeliveryOutcome.Unreachable,
        };

    private async ValueTask<RemoteAnswer> DescribeAsync(RemoteCall call, CancellationToken cancellationToken)
    {
        var way = WayTo(call.Id.Incarnation);
        if (way == Way.Ask)
        {
            way = await ResolveAsync(call.Id.Incarnation, cancellationToken);
        }

        return way switch
        {
            Way.Bus => await DescribeOverBusAsync(call, cancellationToken),
            Way.Gone => new RemoteAnswer(DeliveryOutcome.Gone),
            _ => new RemoteAnswer(DeliveryOutcome.Unreachable),
        };
    }

    private async ValueTask<RemoteAnswer> DescribeOverBusAsync(RemoteCall call, CancellationToken cancellationToken)
    {
        var answer = await bus!.DescribeAsync(call);
        return answer.Outcome == DeliveryOutcome.Unreachable && await HasEndedAsync(call, cancellationToken) ? new RemoteAnswer(DeliveryOutcome.Gone) : answer;
    }

    private Way WayTo(uint incarnation) => membership.IsFormer(incarnation) ? Way.Gone : membership.StandingOf(incarnation) switch
    {
        NodeStanding.Dead => Way.Gone,
        NodeStanding.Alive => ByBus,
        // It has let its lease run out, and nobody has buried it: it may live, and then it answers.
        _ when membership.View.Find(incarnation) is not null => ByBus,
        _ => Way.Ask,
    };

    private Way ByBus => bus is null ? Way.None : Way.Bus;

    private async ValueTask<Way> ResolveAsync(uint incarnation, CancellationToken cancellationToken)
    {
        try
        {
            var standing = await membership.ResolveAsync(incarnation, cancellationToken).AsTask().WaitAsync(ResolveTimeout, time, cancellationToken);
            return standing switch
            {
                NodeStanding.Dead => Way.Gone,
                NodeStanding.Alive => ByBus,
                _ => membership.View.Find(incarnation) is null ? Way.None : ByBus,
            };
        }
        catch (TimeoutException)
        {
            return Way.None;
        }
    }
}
