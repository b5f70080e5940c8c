using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// The way to one other node: what waits to be sent to it, what it has not answered yet, and what is known of its own requests.
/// </summary>
/// <remarks>
/// Batches form by themselves: one is under way at a time, and what comes meanwhile goes in the next. Nothing here waits or has a timer;
/// <see cref="Sweep"/> does what time brings.
/// </remarks>
internal sealed partial class NodeLink(uint target, BusContext bus) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, PendingCall> _pending = [];
    private readonly Queue<ulong> _waiting = [];
    private readonly Queue<ReplyFrame> _replies = [];
    private readonly List<PendingCall> _batch = [];
    private readonly List<ulong> _firstSent = [];
    private readonly PooledBufferWriter _buffer = new();
    private Circuit _circuit;
    private long _pendingBytes;
    private long _lastUsedAt = bus.Clock.Now;
    private long _lastSentAt = bus.Clock.Now;
    private (long SentAt, long HeardAt)? _heard;
    private int _hellos;
    private bool _isViewed;
    private bool _isSending;
    private bool _isBusy;
    private bool _isHelloDue;
    private bool _isProbeDue;

    /// <summary>The other node.</summary>
    public uint Target => target;

    /// <summary>The requests of that node that were done here.</summary>
    public SeenRequests Seen { get; } = new();

    /// <summary>Says how late that node's batches are.</summary>
    public LinkAge Age { get; } = new();

    /// <summary>Whether callers are not made to wait for that node.</summary>
    public bool IsCircuitOpen
    {
        get
        {
            lock (_gate)
            {
                return _circuit.IsOpen;
            }
        }
    }

    /// <summary>How many requests that node has not answered.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Asks the node. Null: it is certain that nothing was sent.</summary>
    /// <param name="call">What to ask.</param>
    /// <param name="version">Of the returned call, which may be answered already.</param>
    public PendingCall? TryAsk(in RemoteCall call, out short version)
    {
        PendingCall pending;
        lock (_gate)
        {
            if (_circuit.IsOpen
                || _pending.Count >= BusLimits.MaxPendingRequests
                || (_pending.Count > 0 && _pendingBytes + call.Bytes > BusLimits.MaxPendingBytes))
            {
                version = 0;
                return null;
            }

            pending = bus.Pool.Take();
            version = pending.Version;
            pending.Begin(bus.NextRequestId(), call);
            _pending.Add(pending.Id, pending);
            _pendingBytes += call.Bytes;
            _waiting.Enqueue(pending.Id);
        }

        Begin(gathers: true);
        return pending;
    }

    /// <summary>Answers one of the node's requests, with the next <see cref="Kick"/>.</summary>
    public void Reply(in ReplyFrame reply)
    {
        lock (_gate)
        {
            if (_replies.Count < BusLimits.MaxWaitingReplies)
            {
                _replies.Enqueue(reply);
            }
        }
    }

    /// <summary>Takes an answer of the node.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="run">Gets the call that it answers, if one still waits for it.</param>
    public void Answered(in ReplyFrame reply, ref AnswerRun run)
    {
        bool hasClosed;
        lock (_gate)
        {
            hasClosed = _circuit.Answered();
            if (_pending.Remove(reply.RequestId, out var call) && !TryAskAgain(call, reply))
            {
                _pendingBytes -= call.Call.Bytes;
                call.Note(new RemoteAnswer(OutcomeOf(reply.Outcome), reply.Description) { Each = reply.Each });
                run.Add(call);
            }
        }

        if (hasClosed)
        {
            Log.CircuitClosed(bus.Log, target);
        }
    }

    /// <summary>Notes that the node said something; the next batch echoes it.</summary>
    public void Heard(long now, long sentAt)
    {
        Volatile.Write(ref _lastUsedAt, now);
        lock (_gate)
        {
            // What was overtaken says less.
            if (_heard is not { } heard || sentAt >= heard.SentAt)
            {
                _heard = (sentAt, now);
            }
        }
    }

    /// <summary>Notes whether the node is in the newest view, and greets it when it is new: both sides then know the shortest way before they need it.</summary>
    public void Viewed(bool isViewed)
    {
        lock (_gate)
        {
            _isViewed = isViewed;
            if (isViewed && _hellos < BusLimits.Hellos)
            {
                _hellos++;
                _isHelloDue = true;
            }
        }

        Kick();
    }

    /// <summary>Does what is due: gives up, sends again, opens the circuit, probes, greets.</summary>
    public void Sweep(long now)
    {
        var hasOpened = false;
        var resent = 0;
        lock (_gate)
        {
            // One lost batch has many requests in it and is still one miss.
            if (SweepPending(now, ref resent))
            {
                hasOpened = _circuit.Missed(now);
            }

            _isProbeDue |= _circuit.TryProbe(now);
            _isHelloDue |= _isViewed && now - _lastSentAt >= BusLimits.HelloInterval;
        }

        if (hasOpened)
        {
            bus.Metrics.BusCircuitOpened();
            Log.CircuitOpened(bus.Log, target);
        }

        if (resent > 0)
        {
            bus.Metrics.BusResent(resent);
        }

        Kick();
    }

    /// <summary>Gives up everything that is not answered: no answer can come any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            foreach (var (id, call) in _pending)
            {
                _pending.Remove(id);
                Complete(call, GivenUp(call));
            }

            _waiting.Clear();
            _replies.Clear();
        }
    }

    /// <summary>Whether the node is in no view and has not been heard of for so long that nothing of it has to be remembered.</summary>
    public bool IsForgettable(long now)
    {
        lock (_gate)
        {
            return !_isViewed && !_isSending && _pending.Count == 0 && now - Volatile.Read(ref _lastUsedAt) >= BusLimits.StrangerLife;
        }
    }

    /// <summary>Begins to send what waits, unless that is under way.</summary>
    public void Kick() => Begin(gathers: false);

    /// <summary>Gives memory back. Only for a link that <see cref="IsForgettable"/>.</summary>
    public void Dispose() => _buffer.Dispose();

    /// <summary>What an answer means to the caller.</summary>
    public static DeliveryOutcome OutcomeOf(ReplyOutcome outcome) => outcome switch
    {
        ReplyOutcome.Done => DeliveryOutcome.Done,
        ReplyOutcome.Repeated => DeliveryOutcome.Repeated,
        ReplyOutcome.Gone => DeliveryOutcome.Gone,
        ReplyOutcome.Full => DeliveryOutcome.Full,
        ReplyOutcome.Late or ReplyOutcome.Refused => DeliveryOutcome.Unreachable,
        _ => DeliveryOutcome.Unknown,
    };

    private static RemoteAnswer GivenUp(PendingCall call) => new(call.IsSent ? DeliveryOutcome.Unknown : DeliveryOutcome.Unreachable);

    private void Begin(bool gathers)
    {
        lock (_gate)
        {
            if (_isSending)
            {
                return;
            }

            // A request that comes alone goes at once. Where many come, the first would go alone before the others of its time.
            gathers &= _isBusy;
            if (!gathers && !TryEncode())
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAsync(gathers);
    }

    /// <summary>Sends the batch that is in the buffer, and what has queued meanwhile.</summary>
    /// <param name="gathers">There is no batch yet: what is being asked by others just now is to be in it.</param>
    private async Task SendAsync(bool gathers)
    {
        try
        {
            var hasMore = true;
            if (gathers)
            {
                await Task.Yield();
                lock (_gate)
                {
                    hasMore = _isSending = TryEncode();
                }
            }

            while (hasMore)
            {
                var result = await bus.Backplane.SendAsync(target, _buffer.WrittenMemory);
                lock (_gate)
                {
                    if (result == SendResult.NotSent)
                    {
                        RefuseFirstSent();
                    }

                    hasMore = _isSending = TryEncode();
                    if (!hasMore)
                    {
                        // An idle link holds no memory.
                        _buffer.Dispose();
                    }
                }
            }
        }
        catch (Exception exception)
        {
            // A backplane that throws here breaks its promise; that must cost the batch only, since nobody awaits this.
            Log.SendFaulted(bus.Log, exception, target);
            lock (_gate)
            {
                _isSending = false;
            }
        }
    }

    /// <summary>Puts the next batch into the buffer. Under the lock.</summary>
    /// <returns>Whether there is one.</returns>
    private bool TryEncode()
    {
        var sender = bus.Sender;
        if (sender == BusContext.Deaf)
        {
            return false;
        }

        var replies = CountReplies(out var bytes);
        TakeRequests(bytes);
        if (_batch.Count == 0 && replies == 0 && !_isHelloDue && !_isProbeDue)
        {
            return false;
        }

        _isBusy = _batch.Count > 1 || (_batch.Count == 0 && _isBusy);
        var now = bus.Clock.Now;
        _buffer.Reset();
        var writer = new EnvelopeWriter(_buffer, new EnvelopeHead((uint)sender, now));
        writer.WriteCount(_batch.Count + (_isProbeDue ? 1 : 0));
        if (_isProbeDue)
        {
            writer.WriteProbe();
        }

        WriteRequests(ref writer, now);
        writer.WriteCount(replies);
        for (; replies > 0; replies--)
        {
            writer.WriteReply(_replies.Dequeue());
        }

        writer.Finish(_heard is var (sentAt, heardAt) ? new EnvelopeEcho(sentAt, now - heardAt) : null);
        _isHelloDue = _isProbeDue = false;
        _lastSentAt = now;
        return true;
    }

    private int CountReplies(out int bytes)
    {
        bytes = 0;
        var count = 0;
        foreach (var reply in _replies)
        {
            if (count == BusLimits.MaxBatchReplies || bytes >= BusLimits.MaxBatchBytes)
            {
                break;
            }

            bytes += reply.EstimatedBytes;
            count++;
        }

        return count;
    }

    private void TakeRequests(int bytes)
    {
        _batch.Clear();
        while (_batch.Count < BusLimits.MaxBatchRequests && _waiting.TryPeek(out var id))
        {
            // What was answered or given up meanwhile is not to be sent.
            if (_pending.TryGetValue(id, out var call))
            {
                bytes += call.Call.Bytes + EnvelopeWriter.RequestOverheadBytes;
                if (_batch.Count > 0 && bytes > BusLimits.MaxBatchBytes)
                {
                    return;
                }

                _batch.Add(call);
            }

            _waiting.Dequeue();
        }
    }

    private void WriteRequests(ref EnvelopeWriter writer, long now)
    {
        _firstSent.Clear();
        foreach (var call in _batch)
        {
            if (call.Sent(now))
            {
                _firstSent.Add(call.Id);
            }

            writer.WriteRequest(call.Id, Math.Max(0, now - call.Call.StartedAt), call.Call);
        }

        // They are the pool's as soon as they are answered.
        _batch.Clear();
    }

    /// <summary>The batch reached nobody: what was in it for the first time is certainly not done.</summary>
    private void RefuseFirstSent()
    {
        foreach (var id in _firstSent)
        {
            if (_pending.Remove(id, out var call))
            {
                Complete(call, new RemoteAnswer(DeliveryOutcome.Unreachable));
            }
        }
    }

    /// <returns>Whether a request waited for a second in vain.</returns>
    private bool SweepPending(long now, ref int resent)
    {
        var isMissed = false;
        foreach (var (id, call) in _pending)
        {
            if (now - call.Call.StartedAt >= BusLimits.GiveUpAfter)
            {
                _pending.Remove(id);
                Complete(call, GivenUp(call));
            }
            else if (call.TryMiss(now))
            {
                isMissed = true;
                if (call.IsSent)
                {
                    _waiting.Enqueue(id);
                    resent++;
                }
            }
        }

        return isMissed;
    }

    /// <summary>
    /// What was refused as late and is young was judged by a clock that has stood still, here or there, or before anything was known of the way. The refusal is
    /// echoed now, and that shows how old the request is: it is worth one more attempt.
    /// </summary>
    private bool TryAskAgain(PendingCall call, in ReplyFrame reply)
    {
        if (reply.Outcome != ReplyOutcome.Late || call.IsRenamed || bus.Clock.Now - call.Call.StartedAt >= BusLimits.ResendAfter)
        {
            return false;
        }

        call.Rename(bus.NextRequestId());
        _pending.Add(call.Id, call);
        _waiting.Enqueue(call.Id);
        return true;
    }

    private void Complete(PendingCall call, RemoteAnswer answer)
    {
        _pendingBytes -= call.Call.Bytes;
        call.Complete(answer);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.BusCircuitOpened, LogLevel.Warning, "Node {Node:x8} does not answer: calls to its connections are refused until it does.")]
        public static partial void CircuitOpened(ILogger logger, uint node);

        [LoggerMessage(EventIds.BusCircuitClosed, LogLevel.Information, "Node {Node:x8} answers again.")]
        public static partial void CircuitClosed(ILogger logger, uint node);

        [LoggerMessage(EventIds.BusSendFaulted, LogLevel.Error, "A batch for node {Node:x8} could not be given to the backplane.")]
        public static partial void SendFaulted(ILogger logger, Exception exception, uint node);
    }
}
