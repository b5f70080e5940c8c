using System.Buffers;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Does what other nodes ask of this one's connections: once, in time, and not while this node may be taken for dead. A fenced node first renews its lease,
/// and what came meanwhile waits for that.
/// </summary>
internal sealed partial class RequestReceiver(LocalConnections local, IMembership membership, BusContext bus)
{
    private readonly Lock _gate = new();
    private List<DeferredRequest> _deferred = [];
    private long _deferredBytes;
    private bool _isWaiting;

    /// <summary>Takes a request. Its answer goes out with the link's next <see cref="NodeLink.Kick"/>.</summary>
    /// <param name="from">The node that asks.</param>
    /// <param name="request">What it asks; its payload is used only before this returns.</param>
    /// <param name="age">How long ago it was made, in milliseconds, above the shortest way.</param>
    public void Take(NodeLink from, in RequestFrame request, long age)
    {
        if (request.Kind == CallKind.Probe)
        {
            from.Reply(new ReplyFrame(request.Id, ReplyOutcome.Done));
            return;
        }

        // A GET may be done as often as it comes.
        if (request.Kind != CallKind.Get && !from.Seen.TryBegin(request.Id, bus.Clock.Now, out var earlier))
        {
            if (earlier != ReplyOutcome.UnderWay)
            {
                from.Reply(new ReplyFrame(request.Id, earlier) { Each = from.Seen.EachOf(request.Id) });
            }

            return;
        }

        if (age > BusLimits.LateAfter)
        {
            bus.Metrics.BusLate();
            Answer(from, request, new ReplyFrame(request.Id, ReplyOutcome.Late));
        }
        else if (!membership.IsFenced)
        {
            Answer(from, request, Do(request));
        }
        else if (!TryDefer(from, request, age))
        {
            Answer(from, request, new ReplyFrame(request.Id, ReplyOutcome.Refused));
        }
    }

    private static void Answer(NodeLink from, in RequestFrame request, in ReplyFrame reply)
    {
        if (request.Kind != CallKind.Get)
        {
            from.Seen.Finish(request.Id, reply.Outcome, reply.Each);
        }

        from.Reply(reply);
    }

    private ReplyFrame Do(in RequestFrame request)
    {
        ConnectionDescription? shown = null;
        DeliveryOutcome outcome;
        switch (request.Kind)
        {
            case CallKind.Post:
                outcome = local.Post(request.ConnectionId, request.ApiId, request.Payload.Span, request.IsBinary, request.Key);
                break;
            case CallKind.PostMany:
                return new ReplyFrame(request.Id, ReplyOutcome.Done) { Each = PostToEach(request) };
            case CallKind.Delete:
                outcome = local.Delete(request.ConnectionId, request.ApiId);
                break;
            case CallKind.Get:
                outcome = local.Get(request.ConnectionId, request.ApiId, out var description);
                shown = outcome == DeliveryOutcome.Done ? description : null;
                break;
            default:
                // Of a later version.
                outcome = DeliveryOutcome.Unreachable;
                break;
        }

        return new ReplyFrame(request.Id, ReplyOf(outcome, request.ConnectionId), shown);
    }

    private byte[] PostToEach(in RequestFrame request)
    {
        var message = new SharedMessage(request.Payload, request.IsBinary);
        var targets = request.Targets.Span;
        var keys = request.TargetKeys.Span;
        var each = new byte[targets.Length / ConnectionId.Size];
        for (var i = 0; i < each.Length; i++)
        {
            var id = ConnectionId.Read(targets.Slice(i * ConnectionId.Size, ConnectionId.Size));
            var key = keys.IsEmpty ? default : DeliveryKey.Read(keys.Slice(i * DeliveryKey.Size, DeliveryKey.Size));
            var outcome = local.Find(id, request.ApiId) is { } connection ? local.Post(connection, message, key) : DeliveryOutcome.Gone;
            each[i] = (byte)ReplyOf(outcome, id);
        }

        return each;
    }

    private ReplyOutcome ReplyOf(DeliveryOutcome outcome, ConnectionId id) => outcome switch
    {
        DeliveryOutcome.Done => ReplyOutcome.Done,
        DeliveryOutcome.Repeated => ReplyOutcome.Repeated,
        DeliveryOutcome.Full => ReplyOutcome.Full,
        // Of another node's connections nothing is known here.
        DeliveryOutcome.Gone when id.Incarnation == membership.Incarnation || membership.IsFormer(id.Incarnation) => ReplyOutcome.Gone,
        _ => ReplyOutcome.Refused,
    };

    private bool TryDefer(NodeLink from, in RequestFrame request, long age)
    {
        lock (_gate)
        {
            if (_deferred.Count >= BusLimits.MaxPendingRequests || _deferredBytes + request.Bytes > BusLimits.MaxPendingBytes)
            {
                return false;
            }

            _deferredBytes += request.Bytes;
            _deferred.Add(DeferredRequest.Of(from, request, age, bus.Clock.Now));
            if (_isWaiting)
            {
                return true;
            }

            _isWaiting = true;
        }

        _ = AnswerAfterRenewalAsync();
        return true;
    }

    private async Task AnswerAfterRenewalAsync()
    {
        List<DeferredRequest> done = [];
        do
        {
            var isRenewed = false;
            try
            {
                isRenewed = await membership.WaitForRenewalAsync(TimeSpan.FromMilliseconds(BusLimits.FencedWait), CancellationToken.None);
            }
            catch (Exception exception)
            {
                // Nobody awaits this: what waits is refused below, and what comes next asks again.
                Log.RenewalFaulted(bus.Log, exception);
            }

            lock (_gate)
            {
                (done, _deferred) = (_deferred, done);
                _deferredBytes = 0;
                _isWaiting = false;
            }

            AnswerDeferred(done, isRenewed && !membership.IsFenced);
            done.Clear();
        }
        while (TryWaitAgain());
    }

    private bool TryWaitAgain()
    {
        lock (_gate)
        {
            if (_isWaiting || _deferred.Count == 0)
            {
                return false;
            }

            return _isWaiting = true;
        }
    }

    private void AnswerDeferred(List<DeferredRequest> deferred, bool mayAnswer)
    {
        var now = bus.Clock.Now;
        foreach (var waited in deferred)
        {
            var request = waited.Request;
            try
            {
                var reply = waited.AgeAt(now) > BusLimits.LateAfter ? new ReplyFrame(request.Id, ReplyOutcome.Late)
                    : mayAnswer ? Do(request)
                    : new ReplyFrame(request.Id, ReplyOutcome.Refused);
                Answer(waited.From, request, reply);
            }
            catch (Exception exception)
            {
                // A bug of ours; the others' answers must not wait for it.
                Log.RequestFaulted(bus.Log, exception, waited.From.Target);
            }

            waited.Release();
            waited.From.Kick();
        }
    }

    /// <summary>A request that waits for the lease, with a copy of what it has in its batch's memory.</summary>
    private readonly record struct DeferredRequest(NodeLink From, RequestFrame Request, byte[] Rented, long Age, long TakenAt)
    {
        public static DeferredRequest Of(NodeLink from, in RequestFrame request, long age, long now)
        {
            var rented = ArrayPool<byte>.Shared.Rent(request.Bytes);
            var room = rented.AsMemory();
            var own = request with { Payload = Move(request.Payload, ref room), Targets = Move(request.Targets, ref room), TargetKeys = Move(request.TargetKeys, ref room) };
            return new(from, own, rented, age, now);
        }

        public long AgeAt(long now) => Age + (now - TakenAt);

        public void Release() => ArrayPool<byte>.Shared.Return(Rented);

        private static ReadOnlyMemory<byte> Move(ReadOnlyMemory<byte> bytes, ref Memory<byte> room)
        {
            bytes.CopyTo(room);
            var moved = room[..bytes.Length];
            room = room[bytes.Length..];
            return moved;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.BusRequestFaulted, LogLevel.Error, "A request of node {Node:x8} failed.")]
        public static partial void RequestFaulted(ILogger logger, Exception exception, uint node);

        [LoggerMessage(EventIds.BusRenewalFaulted, LogLevel.Error, "The lease could not be asked for.")]
        public static partial void RenewalFaulted(ILogger logger, Exception exception);
    }
}
