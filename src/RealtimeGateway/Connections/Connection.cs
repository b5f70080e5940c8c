using System.IO.Pipelines;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Connections;

/// <summary>
/// One open client: who it is, when it was last heard, its ordered outbound queue and how it ends. Knows no routes.
/// </summary>
/// <remarks>
/// Whoever sends finds the transport free and writes straight into it, or finds a writer at work and queues for that writer; so there is one
/// writer at a time, no task waits on an idle connection, and what queued during one flush goes out with the next. Time is
/// <see cref="TimeProvider.GetTimestamp"/>; a sweeper asks every connection once a second what has run out.
/// </remarks>
internal sealed class Connection
{
    /// <summary>How much is moved from the queue to the transport for one flush: Kestrel's own threshold for holding a writer back.</summary>
    private const int FlushBytes = 64 * 1024;

    /// <summary>How long a client may take to answer our close frame before its transport is cut.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly OutboundBudget _budget;
    private readonly IClientTransport _transport;
    private readonly long _openedAt;

    private OutboundQueue? _queue;
    private TaskCompletionSource? _writerIdle;
    private byte[]? _pendingPong;
    private CloseReason _reason;
    private volatile State _state;
    private bool _isWriting;
    private bool _isBatching;
    private bool _isPingPending;
    private int _batchBytes;
    private long _lastHeardAt;
    private long _lastActiveAt;
    private long _pingSentAt;
    private long _flushStartedAt;
    private long _halfFullSince;
    private long _closeRequestedAt;

    /// <summary>Makes an open connection. What is sent to it waits until <see cref="TransportReady"/>.</summary>
    public Connection(
        ConnectionId id, ClientIdentity identity, IClientTransport transport, StageLimits limits, OutboundBudget budget, TimeProvider time)
    {
        Id = id;
        Identity = identity;
        Limits = limits;
        _transport = transport;
        _budget = budget;
        _time = time;
        _openedAt = _lastHeardAt = _lastActiveAt = time.GetTimestamp();
        _isWriting = true;
    }

    private enum State : byte
    {
        /// <summary>Takes messages.</summary>
        Open,

        /// <summary>Takes no more; what is queued goes out, then the close frame.</summary>
        Closing,

        /// <summary>The close frame is with the transport; the client's is awaited.</summary>
        CloseSent,

        /// <summary>The transport is finished.</summary>
        Closed,
    }

    /// <summary>The connection's name.</summary>
    public ConnectionId Id { get; }

    /// <summary>Who the client is.</summary>
    public ClientIdentity Identity { get; }

    /// <summary>The bounds in force; replaced when the stage's change.</summary>
    public StageLimits Limits { get; set; }

    /// <summary>Set while the reader waits for the connection's own messages to be worked off: the client's silence then says nothing.</summary>
    public bool IsReadPaused { get; set; }

    /// <summary>Whether messages are still taken.</summary>
    public bool IsOpen => _state == State.Open;

    /// <summary>Whether it was ended from our side or by a close frame, and its transport goes on until that has been said.</summary>
    public bool IsClosing => _state is State.Closing or State.CloseSent;

    /// <summary>Why the connection ended, or is ending: the first cause wins.</summary>
    public CloseReason Reason
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Open ? CloseReason.Abnormal : _reason;
            }
        }
    }

    /// <summary>When a message last came or went.</summary>
    public DateTimeOffset LastActiveAt => Identity.ConnectedAt + _time.GetElapsedTime(_openedAt, Volatile.Read(ref _lastActiveAt));

    /// <summary>Messages waiting for the client to read.</summary>
    public int QueuedMessages
    {
        get
        {
            lock (_gate)
            {
                return _queue?.Count ?? 0;
            }
        }
    }

    /// <summary>Tells that the handshake has been answered, so that the transport may be written to. To be called once.</summary>
    public void TransportReady()
    {
        if (HasMoreToFlush())
        {
            Flush();
        }
    }

    /// <summary>Tells that bytes came from the client; it lives.</summary>
    public void Heard()
    {
        Volatile.Write(ref _lastHeardAt, _time.GetTimestamp());
        Volatile.Write(ref _pingSentAt, 0);
    }

    /// <summary>Tells that a message came from the client; it is not idle. Call after <see cref="Heard"/>.</summary>
    public void Active() => Volatile.Write(ref _lastActiveAt, Volatile.Read(ref _lastHeardAt));

    /// <summary>Sends a message, or queues it behind those before it.</summary>
    public SendOutcome TrySend(ReadOnlySpan<byte> payload, bool isBinary) => TrySend(payload, isBinary, shared: null);

    /// <summary>The same for one of the many whom a message goes to.</summary>
    public SendOutcome TrySend(SharedMessage message) => TrySend(message.EncodedBy(_transport), message.IsBinary, message);

    private SendOutcome TrySend(ReadOnlySpan<byte> payload, bool isBinary, SharedMessage? shared)
    {
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return SendOutcome.Gone;
            }

            if (_isWriting && !_isBatching)
            {
                return TryEnqueue(payload, isBinary, shared);
            }

            if (shared is null)
            {
                _transport.WriteMessage(payload, isBinary);
            }
            else
            {
                _transport.WriteEncoded(payload);
            }

            Volatile.Write(ref _lastActiveAt, _time.GetTimestamp());
            // At least one byte, so that EndBatch sees that there is something to flush: an empty message is a frame too.
            if (_isBatching && (_batchBytes += payload.Length + 1) < FlushBytes)
            {
                return SendOutcome.Queued;
            }

            // A batch that has grown enough for a flush ends here; EndBatch then finds nothing left to do.
            _isBatching = false;
            _isWriting = true;
        }

        Flush();
        return SendOutcome.Queued;
    }

    /// <summary>
    /// From here to <see cref="EndBatch"/> what is sent is buffered and flushed once. For the reader, which answers several frames of one
    /// read; the two calls must come from one thread without an await between them.
    /// </summary>
    public void BeginBatch()
    {
        lock (_gate)
        {
            if (!_isWriting && _state == State.Open)
            {
                _isBatching = true;
                _isWriting = true;
                _batchBytes = 0;
            }
        }
    }

    /// <summary>Flushes what the batch wrote.</summary>
    public void EndBatch()
    {
        lock (_gate)
        {
            if (!_isBatching)
            {
                return;
            }

            _isBatching = false;
            if (_batchBytes == 0 && !WriteWaiting())
            {
                StopWriting();
                return;
            }
        }

        Flush();
    }

    /// <summary>Answers a ping. Only the latest of several unanswered ones is answered, as RFC 6455 §5.5.3 allows.</summary>
    public void SendPong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return;
            }

            if (_isWriting && !_isBatching)
            {
                _pendingPong = payload.ToArray();
                return;
            }

            _transport.WritePong(payload);
            if (_isBatching)
            {
                _batchBytes += payload.Length + 1;
                return;
            }

            _isWriting = true;
        }

        Flush();
    }

    /// <summary>
    /// Ends the connection from our side: what is queued goes out, then a close frame with <paramref name="reason"/>; the transport is cut when
    /// the client does not answer within 5 s. The first reason wins; later calls do nothing.
    /// </summary>
    /// <returns>Whether this call ended it.</returns>
    public bool Close(CloseReason reason) => BeginClose(reason, dropQueued: false);

    /// <summary>
    /// Tells that the client closed. Its close frame is answered, unless ours went before it, and what is queued is dropped, since the client
    /// reads no more. <see cref="WaitForWriterAsync"/> completes when the answer is sent.
    /// </summary>
    public void PeerClosed(CloseReason reason) => _ = BeginClose(reason, dropQueued: true);

    /// <summary>Tells that the transport has ended; nothing more can be sent.</summary>
    public void TransportEnded()
    {
        lock (_gate)
        {
            if (_state == State.Open)
            {
                _reason = CloseReason.Abnormal;
            }

            _state = State.Closed;
            DropQueue();
        }
    }

    /// <summary>Ends a connection that nobody listens to any more: the transport is cut without a close frame.</summary>
    public void Cut(CloseReason reason)
    {
        lock (_gate)
        {
            if (_state == State.Closed)
            {
                return;
            }

            if (_state == State.Open)
            {
                _reason = reason;
            }

            _state = State.Closed;
            DropQueue();
        }

        _transport.Abort();
    }

    /// <summary>Completes when nobody writes to the transport any more. Call only after the connection ended.</summary>
    public Task WaitForWriterAsync()
    {
        lock (_gate)
        {
            if (!_isWriting)
            {
                return Task.CompletedTask;
            }

            _writerIdle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _writerIdle.Task;
        }
    }

    /// <summary>Does what is due: pings, closes for idleness or age, cuts what does not move.</summary>
    public void Sweep(long now)
    {
        var limits = Limits;
        switch (_state)
        {
            case State.Open when IsStalled(now, limits):
                // A write that does not move would hold up the close frame as well.
                if (Close(CloseReason.SlowConsumer))
                {
                    _transport.Abort();
                }

                break;
            case State.Open when Passed(limits.MaxLifetime, _openedAt, now) || Passed(limits.IdleTimeout, Volatile.Read(ref _lastActiveAt), now):
                _ = Close(CloseReason.GoingAway);
                break;
            case State.Open when limits.PingInterval > TimeSpan.Zero && !IsReadPaused:
                SweepPing(now, limits);
                break;
            case State.CloseSent when Passed(CloseTimeout, Volatile.Read(ref _closeRequestedAt), now)
                && !Passed(2 * CloseTimeout, Volatile.Read(ref _closeRequestedAt), now):
                // The client has our close frame and does not answer: an orderly end does not take the frame from it.
                _transport.End();
                break;
            case State.Closing or State.CloseSent when Passed(CloseTimeout, Volatile.Read(ref _closeRequestedAt), now):
                _transport.Abort();
                break;
            default:
                break;
        }
    }

    private bool BeginClose(CloseReason reason, bool dropQueued)
    {
        bool isFirst;
        lock (_gate)
        {
            if (dropQueued)
            {
                DropQueue();
            }

            isFirst = _state == State.Open;
            if (isFirst)
            {
                _state = State.Closing;
                _reason = reason;
                _closeRequestedAt = _time.GetTimestamp();
            }

            // Whoever writes now will come to the close frame.
            if (_state != State.Closing || (_isWriting && !_isBatching))
            {
                return isFirst;
            }

            _isBatching = false;
            _isWriting = true;
            _ = WriteWaiting();
        }

        Flush();
        return isFirst;
    }

    private void SweepPing(long now, StageLimits limits)
    {
        var sentAt = Volatile.Read(ref _pingSentAt);
        if (sentAt != 0)
        {
            if (Passed(limits.PingTimeout, sentAt, now))
            {
                Cut(CloseReason.PingTimeout);
            }

            return;
        }

        if (!Passed(limits.PingInterval, Volatile.Read(ref _lastHeardAt), now))
        {
            return;
        }

        lock (_gate)
        {
            if (_state != State.Open)
            {
                return;
            }

            Volatile.Write(ref _pingSentAt, now);
            if (_isWriting)
            {
                _isPingPending = true;
                return;
            }

            _isWriting = true;
            _transport.WritePing();
        }

        Flush();
    }

    private bool IsStalled(long now, StageLimits limits) =>
        Passed(limits.WriteTimeout, Volatile.Read(ref _flushStartedAt), now)
        || Passed(limits.SlowConsumerTimeout, Volatile.Read(ref _halfFullSince), now);

    /// <summary>Whether <paramref name="limit"/> has gone by since <paramref name="since"/>; a limit or a beginning of zero is none.</summary>
    private bool Passed(TimeSpan limit, long since, long now) =>
        limit > TimeSpan.Zero && since != 0 && _time.GetElapsedTime(since, now) >= limit;

    private SendOutcome TryEnqueue(ReadOnlySpan<byte> payload, bool isBinary, SharedMessage? shared)
    {
        var limits = Limits;
        _queue ??= new OutboundQueue(_budget);
        if (!(shared is null
            ? _queue.TryEnqueue(payload, isBinary, limits.MaxQueuedMessages, limits.MaxQueuedBytes)
            : _queue.TryEnqueue(shared, limits.MaxQueuedMessages, limits.MaxQueuedBytes)))
        {
            return SendOutcome.Full;
        }

        var now = _time.GetTimestamp();
        Volatile.Write(ref _lastActiveAt, now);
        if (_halfFullSince == 0 && IsOverHalfFull(limits))
        {
            Volatile.Write(ref _halfFullSince, now);
        }

        return SendOutcome.Queued;
    }

    private bool IsOverHalfFull(StageLimits limits) =>
        _queue is { Count: > 0 } queue
        && ((limits.MaxQueuedMessages > 0 && queue.Count * 2 > limits.MaxQueuedMessages)
            || (limits.MaxQueuedBytes > 0 && queue.Bytes * 2 > limits.MaxQueuedBytes));

    /// <summary>Sends what is buffered, and what queues meanwhile, for as long as the transport takes it at once; the caller is the writer.</summary>
    private void Flush()
    {
        do
        {
            ValueTask<FlushResult> flush;
            try
            {
                flush = _transport.FlushAsync();
            }
            catch (Exception)
            {
                // Whatever ended the transport, Kestrel throws it here. The reader sees it too and finishes the connection.
                WriterFailed();
                return;
            }

            if (!flush.IsCompleted)
            {
                Volatile.Write(ref _flushStartedAt, _time.GetTimestamp());
                _ = FlushSlowlyAsync(flush);
                return;
            }

            if (!flush.IsCompletedSuccessfully || flush.Result.IsCompleted)
            {
                WriterFailed();
                return;
            }
        }
        while (HasMoreToFlush());
    }

    /// <summary>The same for a client that does not read as fast as it is sent to.</summary>
    private async Task FlushSlowlyAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            do
            {
                var result = await flush;
                Volatile.Write(ref _flushStartedAt, 0);
                if (result.IsCompleted)
                {
                    WriterFailed();
                    return;
                }

                if (!HasMoreToFlush())
                {
                    return;
                }

                Volatile.Write(ref _flushStartedAt, _time.GetTimestamp());
                flush = _transport.FlushAsync();
            }
            while (true);
        }
        catch (Exception)
        {
            // As above. A writer that did not say that it has ended would be waited for without end.
            WriterFailed();
        }
    }

    private bool HasMoreToFlush()
    {
        lock (_gate)
        {
            if (WriteWaiting())
            {
                return true;
            }

            StopWriting();
            return false;
        }
    }

    /// <summary>Moves what waits into the transport's buffer, the close frame last. Under the lock.</summary>
    private bool WriteWaiting()
    {
        if (_state is State.CloseSent or State.Closed)
        {
            return false;
        }

        var wrote = WriteWaitingControl();
        if (_queue is { Count: > 0 } queue)
        {
            queue.WriteTo(_transport, FlushBytes);
            if (_halfFullSince != 0 && !IsOverHalfFull(Limits))
            {
                Volatile.Write(ref _halfFullSince, 0);
            }

            wrote = true;
        }

        if (_state == State.Closing && _queue is null or { Count: 0 })
        {
            _transport.WriteClose(_reason);
            _state = State.CloseSent;
            wrote = true;
        }

        return wrote;
    }

    private bool WriteWaitingControl()
    {
        var wrote = false;
        if (_pendingPong is { } pong)
        {
            _pendingPong = null;
            _transport.WritePong(pong);
            wrote = true;
        }

        if (_isPingPending)
        {
            _isPingPending = false;
            _transport.WritePing();
            wrote = true;
        }

        return wrote;
    }

    private void WriterFailed()
    {
        lock (_gate)
        {
            if (_state == State.Open)
            {
                _reason = CloseReason.Abnormal;
                _state = State.Closed;
            }

            DropQueue();
            StopWriting();
        }

        // The reader may wait for bytes that will never come.
        _transport.Abort();
    }

    private void StopWriting()
    {
        _isWriting = false;
        _isBatching = false;
        Volatile.Write(ref _flushStartedAt, 0);
        _writerIdle?.TrySetResult();
        _writerIdle = null;
    }

    private void DropQueue()
    {
        _queue?.Clear();
        _queue = null;
        Volatile.Write(ref _halfFullSince, 0);
    }
}
