using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Keeps the records of this node's connections on the backplane, so that others can tell their ends if this node dies. One writer: what came while the
/// last write was under way goes in the next.
/// </summary>
/// <remarks>
/// Writes only while the lease is held for certain. A record that came to the backplane after others had begun to read them would never be told.
/// </remarks>
internal sealed partial class ConnectionRecords : IConnectionRecords, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IBackplane _backplane;
    private readonly Membership _membership;
    private readonly FleetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionRecords> _log;
    private readonly Alarm _alarm;
    private readonly Waiters<bool> _flushes;

    private readonly Dictionary<ConnectionId, Record> _records = [];
    private readonly LinkedList<Record> _toWrite = [];
    private readonly HashSet<ConnectionId> _toRemove = [];
    private RecordRound? _round;
    private Task _loop = Task.CompletedTask;
    private int _runs;
    private long _keptAt;
    private bool _mustCompare;
    private bool _isWriting;
    private volatile bool _isBackingOff;
    private volatile bool _isStopping;

    /// <summary>Makes the records of a node that has no connections yet.</summary>
    public ConnectionRecords(IBackplane backplane, Membership membership, FleetOptions options, TimeProvider time, ILogger<ConnectionRecords> log)
    {
        _backplane = backplane;
        _membership = membership;
        _options = options;
        _time = time;
        _log = log;
        _alarm = new Alarm(time);
        _flushes = new Waiters<bool>(time);
        _keptAt = time.GetTimestamp();
    }

    private enum RecordState
    {
        /// <summary>Nobody but this node can know of it.</summary>
        Unwritten = 0,

        /// <summary>A write was begun, or has been lost since: it may be there.</summary>
        Uncertain,

        /// <summary>It was written, in this run of the backplane.</summary>
        Written,
    }

    /// <summary>Connections whose ends have not been told, or need not be told by others only.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    private bool CanWrite => _backplane.IsConnected && !_membership.IsFenced;

    /// <summary>Begins to write.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _membership.RunChanged += WriteAllAgain;
        _membership.Condemned += Abandon;
        _membership.Viewed += Retry;
        _loop = RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Writes no more. What waits is lost with the process, unless <see cref="FlushAsync"/> came before.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _membership.RunChanged -= WriteAllAgain;
        _membership.Condemned -= Abandon;
        _membership.Viewed -= Retry;
        _isStopping = true;
        _alarm.Ring();
        await _loop.WaitAsync(cancellationToken);
    }

    /// <summary>Waits until everything has been written and removed. <see langword="false"/>: that did not come to be before the call was given up.</summary>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        Task<bool> flushed;
        lock (_gate)
        {
            if (IsIdle())
            {
                return true;
            }

            flushed = _flushes.WaitAsync(Timeout.InfiniteTimeSpan, false, cancellationToken);
        }

        _alarm.Ring();
        try
        {
            return await flushed;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask AddAsync(ConnectionId id, ClientIdentity client)
    {
        RecordRound? round = null;
        lock (_gate)
        {
            var record = new Record(id, client);
            _records.Add(id, record);
            if (id.Incarnation != _membership.Incarnation)
            {
                // Condemned while $connect was under way: the others may have read the records already, so its end is told here.
                return default;
            }

            record.Place = _toWrite.AddLast(record);
            if (CanWrite && !_isBackingOff)
            {
                if (_round is null or { IsOver: true })
                {
                    _round = new RecordRound(_time, _options.RecordWait);
                }

                round = record.Round = _round;
                round.Add();
            }
        }

        RingForWork();
        return round is null ? default : new ValueTask(round.Task);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MayTellEndAsync(ConnectionId id)
    {
        lock (_gate)
        {
            if (!_records.TryGetValue(id, out var record))
            {
                return true;
            }

            if (record.State == RecordState.Unwritten)
            {
                // Nobody else can tell it; and nobody shall, now that it is told here.
                Unqueue(record);
                return true;
            }

            if (id.Incarnation == _membership.Incarnation && _membership.IsFresh)
            {
                return true;
            }
        }

        if (id.Incarnation == _membership.Incarnation)
        {
            _ = await _membership.WaitForRenewalAsync(_options.EndHold, CancellationToken.None);
        }

        if (id.Incarnation == _membership.Incarnation)
        {
            return true;
        }

        lock (_gate)
        {
            // One that may not have been there when the others looked is told here too: twice with one event id rather than never.
            return !_records.TryGetValue(id, out var record) || record.State != RecordState.Written;
        }
    }

    /// <inheritdoc/>
    public void Remove(ConnectionId id)
    {
        lock (_gate)
        {
            if (!_records.Remove(id, out var record))
            {
                return;
            }

            Unqueue(record);
            record.IsRemoved = true;
            if (record.State != RecordState.Unwritten && id.Incarnation == _membership.Incarnation)
            {
                _toRemove.Add(id);
            }
        }

        RingForWork();
    }

    /// <inheritdoc/>
    public void Dispose() => _alarm.Dispose();

    private void RingForWork()
    {
        // After a failure the writer comes back by itself, not with every connection.
        if (!_isBackingOff)
        {
            _alarm.Ring();
        }
    }

    private void Retry(FleetView view)
    {
        lock (_gate)
        {
            if (IsIdle())
            {
                return;
            }
        }

        _alarm.Ring();
    }

    private void WriteAllAgain()
    {
        lock (_gate)
        {
            _runs++;
            _mustCompare = true;
            foreach (var record in _records.Values)
            {
                if (record.State == RecordState.Written)
                {
                    record.State = RecordState.Uncertain;
                }

                if (record.Id.Incarnation == _membership.Incarnation && record.Place is null)
                {
                    record.Place = _toWrite.AddLast(record);
                }
            }
        }

        _alarm.Ring();
    }

    private void Abandon(uint incarnation)
    {
        lock (_gate)
        {
            foreach (var record in _records.Values)
            {
                if (record.Id.Incarnation == incarnation)
                {
                    Unqueue(record);
                }
            }

            _toRemove.RemoveWhere(id => id.Incarnation == incarnation);
            _mustCompare = false;
        }

        _alarm.Ring();
    }

    private void Unqueue(Record record)
    {
        if (record.Place is { } place)
        {
            _toWrite.Remove(place);
            record.Place = null;
        }

        record.Round?.Done();
        record.Round = null;
    }

    private bool IsIdle() => !_isWriting && _toWrite.Count == 0 && _toRemove.Count == 0 && !_mustCompare;

    private async Task RunAsync()
    {
        while (!_isStopping)
        {
            TimeSpan wait;
            try
            {
                wait = await WriteWaitingAsync();
                _isBackingOff = false;
            }
            catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
            {
                _isBackingOff = true;
                Log.Delayed(_log, exception);
                wait = _options.RenewalRetry;
            }
            catch (Exception exception)
            {
                // A fault of ours or of the backplane's client. Records are kept, and the next write may do.
                _isBackingOff = true;
                Log.Faulted(_log, exception);
                wait = _options.RenewalRetry;
            }

            await _alarm.WaitAsync(wait);
        }
    }

    /// <summary>Writes until nothing waits or the lease may be lost.</summary>
    /// <returns>When there is something to do again at the latest.</returns>
    private async Task<TimeSpan> WriteWaitingAsync()
    {
        while (!_isStopping)
        {
            RecordBatch? batch;
            lock (_gate)
            {
                if (!CanWrite)
                {
                    // A view, and with it a ring, comes when it can again.
                    return _options.RecordRenewal;
                }

                batch = TakeBatch();
                if (batch is null)
                {
                    _flushes.Answer(true);
                    return _options.RecordRenewal - _time.GetElapsedTime(_keptAt);
                }
            }

            await WriteAsync(batch);
        }

        return TimeSpan.Zero;
    }

    private RecordBatch? TakeBatch()
    {
        var owner = _membership.Incarnation;
        var isDue = _records.Count > 0 && _time.GetElapsedTime(_keptAt) >= _options.RecordRenewal;
        if (_records.Count == 0)
        {
            _keptAt = _time.GetTimestamp();
        }

        if (_toWrite.Count == 0 && _toRemove.Count == 0 && !_mustCompare && !isDue)
        {
            return null;
        }

        var batch = new RecordBatch(owner, _runs, _mustCompare);
        var most = _options.MaxRecordsPerWrite;
        // Neither may keep the other from going.
        var writes = Math.Min(_toWrite.Count, most - Math.Min(_toRemove.Count, most / 2));
        while (writes-- > 0 && _toWrite.First is { Value: var record })
        {
            _toWrite.RemoveFirst();
            record.Place = null;
            if (record.Id.Incarnation == owner)
            {
                record.State = record.State == RecordState.Written ? RecordState.Written : RecordState.Uncertain;
                batch.Written.Add(record);
            }
        }

        foreach (var id in _toRemove.Take(most - batch.Written.Count).ToArray())
        {
            _toRemove.Remove(id);
            if (id.Incarnation == owner)
            {
                batch.Removed.Add(id);
            }
        }

        _mustCompare = false;
        _round = null;
        _isWriting = true;
        return batch;
    }

    private async Task WriteAsync(RecordBatch batch)
    {
        var isDone = false;
        try
        {
            using var timeout = new CancellationTokenSource(_options.CommandTimeout, _time);
            var written = batch.Written.ConvertAll(static record => new StoredRecord(record.Id, RecordFormat.Write(record.Client)));
            await _backplane.WriteRecordsAsync(batch.Owner, written, batch.Removed, timeout.Token);
            if (batch.MustCompare)
            {
                RemoveStale(await _backplane.ReadRecordIdsAsync(batch.Owner, timeout.Token));
            }

            isDone = true;
        }
        finally
        {
            lock (_gate)
            {
                Settle(batch, isDone);
            }
        }
    }

    /// <summary>Another run may have kept records of connections that ended while the one before it was there.</summary>
    private void RemoveStale(ConnectionId[] ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (!_records.ContainsKey(id))
                {
                    _toRemove.Add(id);
                }
            }
        }
    }

    private void Settle(RecordBatch batch, bool isDone)
    {
        _isWriting = false;
        if (isDone)
        {
            _keptAt = _time.GetTimestamp();
        }
        else
        {
            _toRemove.UnionWith(batch.Removed);
            _mustCompare |= batch.MustCompare;
        }

        foreach (var record in batch.Written)
        {
            if (isDone)
            {
                record.Round?.Done();
                record.Round = null;
            }

            if (isDone && batch.Run == _runs)
            {
                record.State = RecordState.Written;
            }
            else if (!record.IsRemoved && record.Place is null && record.Id.Incarnation == _membership.Incarnation)
            {
                record.Place = _toWrite.AddLast(record);
            }
        }
    }

    private sealed class Record(ConnectionId id, ClientIdentity client)
    {
        public ConnectionId Id { get; } = id;

        public ClientIdentity Client { get; } = client;

        public RecordState State { get; set; }

        public LinkedListNode<Record>? Place { get; set; }

        public RecordRound? Round { get; set; }

        public bool IsRemoved { get; set; }
    }

    private sealed record RecordBatch(uint Owner, int Run, bool MustCompare)
    {
        public List<Record> Written { get; } = [];

        public List<ConnectionId> Removed { get; } = [];
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecordsDelayed, LogLevel.Warning, "Records of connections could not be written to the backplane; they are kept and tried again.")]
        public static partial void Delayed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.RecordsFaulted, LogLevel.Error, "Writing records of connections failed by a fault of the gateway; they are kept and tried again.")]
        public static partial void Faulted(ILogger logger, Exception exception);
    }
}
