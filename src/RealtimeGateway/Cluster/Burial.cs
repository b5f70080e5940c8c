using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Tells the ends of one dead node's connections, for as long as the backplane says that this node is the one to do it. Can be taken up again after
/// an interruption, and does not tell twice what it has told.
/// </summary>
internal sealed partial class Burial(uint dead, BurialTools tools) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionId> _done = [];
    private readonly Alarm _alarm = new(tools.Time);
    private readonly CancellationTokenSource _interruption = new();
    private List<ConnectionId> _toRemove = [];
    private TaskCompletionSource? _settled;
    private bool _isRemoving;
    private bool _isRemovalFailed;
    private int _underWay;
    private int _told;
    private long _heldFrom;
    private volatile bool _isLost;
    private volatile bool _isInterrupted;
    private volatile bool _isOver;

    /// <summary>The node that has died.</summary>
    public uint Dead => dead;

    /// <summary>How many ends have been told.</summary>
    public int ToldCount => Volatile.Read(ref _told);

    /// <summary>The run that is under way, or was last.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>Whether it is under way.</summary>
    public bool IsRunning => !Completion.IsCompleted;

    private bool MayGoOn => !_isLost && !_isInterrupted && tools.Time.GetElapsedTime(Volatile.Read(ref _heldFrom)) < tools.Options.Hold;

    /// <summary>Tells no further end.</summary>
    public void Interrupt()
    {
        _isInterrupted = true;
        // Not CancelAsync, which goes to the thread pool.
        _interruption.Cancel();
        _alarm.Ring();
    }

    /// <summary>Tells until nothing is left.</summary>
    /// <param name="reaper">This node, which has just been made the one.</param>
    /// <param name="heldFrom">From when on, by a timestamp from before it asked to be.</param>
    /// <returns>Whether nothing is left; <see langword="false"/>: it was interrupted.</returns>
    /// <exception cref="BackplaneException">The backplane failed.</exception>
    public async Task<bool> RunAsync(uint reaper, long heldFrom)
    {
        Volatile.Write(ref _heldFrom, heldFrom);
        _isLost = false;
        _isOver = false;
        var keeping = KeepHoldAsync(reaper);
        try
        {
            if (!await TellAllAsync())
            {
                return false;
            }

            await StayInViewAsync(heldFrom);
            // A node that came back meanwhile and has not found its tombstone may have written more.
            if (!await TellAllAsync())
            {
                return false;
            }
        }
        finally
        {
            _isOver = true;
            _alarm.Ring();
            await keeping;
        }

        using var timeout = Timeout();
        await tools.Backplane.ForgetAsync(dead, reaper, timeout.Token);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alarm.Dispose();
        _interruption.Dispose();
    }

    /// <summary>Until every node has read who is condemned: the more remember, the less can a loss of the tombstone bring it back.</summary>
    private async Task StayInViewAsync(long condemnedAt)
    {
        var left = tools.Options.Renewal + tools.Options.RenewalTimeout - tools.Time.GetElapsedTime(condemnedAt);
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await Task.Delay(left, tools.Time, _interruption.Token);
        }
        catch (OperationCanceledException)
        {
            // The host stops, and does not wait for this.
        }
    }

    private CancellationTokenSource Timeout() => new(tools.Options.CommandTimeout, tools.Time);

    private async Task<bool> TellAllAsync()
    {
        while (MayGoOn)
        {
            using var timeout = Timeout();
            var ids = await tools.Backplane.ReadRecordIdsAsync(dead, timeout.Token);
            if (ids.Length == 0)
            {
                return true;
            }

            // In an order of their own, so that a run can be repeated exactly.
            Array.Sort(ids);
            var isComplete = false;
            var isRemoved = false;
            try
            {
                isComplete = await TellAsync(ids);
            }
            finally
            {
                isRemoved = await SettleAsync();
            }

            if (!isComplete || !isRemoved)
            {
                return false;
            }
        }

        return false;
    }

    private async Task<bool> TellAsync(ConnectionId[] ids)
    {
        var size = tools.Options.ReapPage;
        var pace = TimeSpan.FromSeconds((double)size / tools.Options.ReapRate);
        for (var start = 0; start < ids.Length; start += size)
        {
            var beganAt = tools.Time.GetTimestamp();
            if (!await TellPageAsync(new ArraySegment<ConnectionId>(ids, start, Math.Min(size, ids.Length - start))))
            {
                return false;
            }

            var left = pace - tools.Time.GetElapsedTime(beganAt);
            if (left > TimeSpan.Zero && start + size < ids.Length)
            {
                await Task.Delay(left, tools.Time, CancellationToken.None);
            }
        }

        return true;
    }

    private async Task<bool> TellPageAsync(ArraySegment<ConnectionId> page)
    {
        foreach (var record in await ReadPageAsync(page))
        {
            await tools.Outstanding.WaitAsync(CancellationToken.None);
            await tools.Slots.WaitAsync(CancellationToken.None);
            if (!MayGoOn)
            {
                tools.Slots.Release();
                tools.Outstanding.Release();
                return false;
            }

            lock (_gate)
            {
                _underWay++;
            }

            _ = TellAsync(record);
        }

        return MayGoOn;
    }

    private async Task<IReadOnlyList<StoredRecord>> ReadPageAsync(ArraySegment<ConnectionId> page)
    {
        using var timeout = Timeout();
        return await tools.Backplane.ReadRecordsAsync(dead, page, timeout.Token);
    }

    private async Task TellAsync(StoredRecord record)
    {
        try
        {
            var call = TellOnceAsync(record);
            if (!call.IsCompleted)
            {
                // A back end that hangs must not hold up those of the other APIs.
                using var answered = new CancellationTokenSource();
                await Task.WhenAny(call, Task.Delay(tools.Options.ReapSlow, tools.Time, answered.Token));
                answered.Cancel();
            }

            tools.Slots.Release();
            await call;
        }
        finally
        {
            tools.Outstanding.Release();
            Told(record.Id);
        }
    }

    private async Task TellOnceAsync(StoredRecord record)
    {
        if (!IsNew(record.Id))
        {
            return;
        }

        // A record under the wrong node would end a connection that lives.
        if (record.Id.Incarnation != dead || !RecordFormat.TryRead(record.Bytes, out var client))
        {
            tools.Metrics.RecordBroken();
            Log.RecordBroken(tools.Log, record.Id, dead);
            return;
        }

        try
        {
            await tools.Tell(record.Id, client);
            tools.Metrics.Reaped();
            Interlocked.Increment(ref _told);
        }
        catch (Exception exception)
        {
            // A bug of whoever tells costs this one end.
            Log.TellFaulted(tools.Log, exception, record.Id);
        }
    }

    private bool IsNew(ConnectionId id)
    {
        lock (_gate)
        {
            return _done.Add(id);
        }
    }

    /// <summary>Removes the record, with what else is to be removed when the removal under way is done.</summary>
    private void Told(ConnectionId id)
    {
        lock (_gate)
        {
            _underWay--;
            _toRemove.Add(id);
            if (_isRemoving)
            {
                return;
            }

            _isRemoving = true;
        }

        _ = RemoveAsync();
    }

    private async Task RemoveAsync()
    {
        while (TryTakeToRemove() is { } ids)
        {
            try
            {
                using var timeout = Timeout();
                await tools.Backplane.WriteRecordsAsync(dead, [], ids, timeout.Token);
            }
            catch (Exception exception)
            {
                // Whatever it was, nothing is lost: the records are still there when this is taken up again, and known to have been told.
                Log.RemovalFailed(tools.Log, exception, dead);
                lock (_gate)
                {
                    _isRemovalFailed = true;
                }
            }
        }
    }

    private List<ConnectionId>? TryTakeToRemove()
    {
        lock (_gate)
        {
            if (_toRemove.Count > 0)
            {
                var ids = _toRemove;
                _toRemove = [];
                return ids;
            }

            _isRemoving = false;
            if (_underWay == 0)
            {
                _settled?.TrySetResult();
                _settled = null;
            }

            return null;
        }
    }

    /// <summary>Waits for the calls under way, and until what they were about is removed. <see langword="false"/>: some could not be.</summary>
    private async Task<bool> SettleAsync()
    {
        Task settled;
        lock (_gate)
        {
            if (_underWay > 0 || _isRemoving)
            {
                _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            settled = _settled?.Task ?? Task.CompletedTask;
        }

        await settled;
        lock (_gate)
        {
            var isRemoved = !_isRemovalFailed;
            _isRemovalFailed = false;
            return isRemoved;
        }
    }

    /// <summary>Says again and again that this node is the one. Never throws.</summary>
    private async Task KeepHoldAsync(uint reaper)
    {
        var interval = tools.Options.Hold / 3;
        var wait = interval;
        while (true)
        {
            await _alarm.WaitAsync(wait);
            if (_isOver)
            {
                return;
            }

            var beganAt = tools.Time.GetTimestamp();
            try
            {
                using var timeout = Timeout();
                if (!await tools.Backplane.TryHoldAsync(dead, reaper, tools.Options.Hold, timeout.Token))
                {
                    _isLost = true;
                    return;
                }

                Volatile.Write(ref _heldFrom, beganAt);
                wait = interval;
            }
            catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
            {
                // MayGoOn sees when the hold has run out.
                wait = tools.Options.RenewalRetry;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecordBroken, LogLevel.Error, "The record of {ConnectionId} under the dead node {Dead:x8} cannot be read; the end of this connection is told to nobody.")]
        public static partial void RecordBroken(ILogger logger, ConnectionId connectionId, uint dead);

        [LoggerMessage(EventIds.BurialRemovalFailed, LogLevel.Warning, "Records of the dead node {Dead:x8} could not be removed after the ends of their connections had been told; it is tried again.")]
        public static partial void RemovalFailed(ILogger logger, Exception exception, uint dead);

        [LoggerMessage(EventIds.BurialTellFaulted, LogLevel.Error, "Telling the end of {ConnectionId} for its dead node failed by a fault of the gateway.")]
        public static partial void TellFaulted(ILogger logger, Exception exception, ConnectionId connectionId);
    }
}
