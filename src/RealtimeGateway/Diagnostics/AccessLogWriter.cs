using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;

namespace RealtimeGateway.Diagnostics;

/// <summary>
/// Brings the lines of one destination there, in batches and off the path of messages: whoever has a line copies it into memory and goes on. When the
/// destination is slower than the lines come, lines are dropped, counted and reported; no message ever waits for a disk.
/// </summary>
internal sealed partial class AccessLogWriter(string destination, IAccessLogSink sink, GatewayMetrics metrics, TimeProvider time, ILogger log)
    : IThreadPoolWorkItem, IAsyncDisposable
{
    /// <summary>How much waits in memory at most, beside the batch that is being written.</summary>
    public const int MaxPendingBytes = 4 * 1024 * 1024;

    /// <summary>How long lines are gathered before they are written together.</summary>
    public static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>After how long a destination that cannot be opened is tried again.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PooledBufferWriter _pending = new();
    private PooledBufferWriter _batch = new();
    private TaskCompletionSource? _idle;
    private bool _isWriting;
    private int _pendingLines;
    private long _droppedLines;
    private long _droppedWarnedAt;
    private long _failureWarnedAt;

    /// <summary>Takes a line, without its end. Returns at once, whether or not there is room for it.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_pending.WrittenCount + line.Length + 1 > MaxPendingBytes)
            {
                _droppedLines++;
                metrics.AccessLogDropped(1, destination);
                return;
            }

            line.CopyTo(_pending.GetSpan(line.Length + 1));
            _pending.Advance(line.Length);
            _pending.GetSpan(1)[0] = (byte)'\n';
            _pending.Advance(1);
            _pendingLines++;
            if (_isWriting)
            {
                return;
            }

            _isWriting = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Writes what waits without gathering more, and completes when nothing waits and no memory is held. A destination that fails then is not tried again.</summary>
    public ValueTask DisposeAsync()
    {
        _stopping.TrySetResult();
        lock (_gate)
        {
            if (!_isWriting)
            {
                return default;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_idle.Task);
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteBatchesAsync();

    private async Task WriteBatchesAsync()
    {
        do
        {
            await PauseAsync(BatchInterval);
            var lines = TakeBatch();
            try
            {
                await WriteBatchAsync(lines);
            }
            catch (Exception exception)
            {
                // Whatever a sink did not foresee costs its lines, and neither the process nor the lines after them.
                Drop(lines);
                Log.Failed(log, destination, exception.Message);
            }

            WarnOfDropped();
        }
        while (!TryFinish());
    }

    private async Task WriteBatchAsync(int lines)
    {
        while (true)
        {
            var append = await sink.AppendAsync(_batch.WrittenMemory);
            if (append.Failure is not { } failure)
            {
                return;
            }

            if (IsDue(ref _failureWarnedAt))
            {
                Log.Failed(log, destination, failure);
            }

            if (!append.IsUntouched || _stopping.Task.IsCompleted)
            {
                Drop(lines);
                return;
            }

            await PauseAsync(RetryInterval);
            WarnOfDropped();
        }
    }

    private Task PauseAsync(TimeSpan interval) =>
        _stopping.Task.IsCompleted ? Task.CompletedTask : Task.WhenAny(_stopping.Task, Task.Delay(interval, time, CancellationToken.None));

    private int TakeBatch()
    {
        lock (_gate)
        {
            (_pending, _batch) = (_batch, _pending);
            _pending.Reset();
            var lines = _pendingLines;
            _pendingLines = 0;
            return lines;
        }
    }

    private bool TryFinish()
    {
        lock (_gate)
        {
            if (_pendingLines > 0)
            {
                return false;
            }

            // The memory of a burst goes back when it is over.
            _pending.Dispose();
            _batch.Dispose();
            _isWriting = false;
            _idle?.TrySetResult();
            _idle = null;
            return true;
        }
    }

    private void Drop(int lines)
    {
        lock (_gate)
        {
            _droppedLines += lines;
        }

        metrics.AccessLogDropped(lines, destination);
    }

    private void WarnOfDropped()
    {
        long dropped;
        lock (_gate)
        {
            if (_droppedLines == 0 || !IsDue(ref _droppedWarnedAt))
            {
                return;
            }

            dropped = _droppedLines;
            _droppedLines = 0;
        }

        Log.Dropped(log, destination, dropped);
    }

    private bool IsDue(ref long warnedAt)
    {
        var now = time.GetTimestamp();
        if (warnedAt != 0 && time.GetElapsedTime(warnedAt, now) < WarningInterval)
        {
            return false;
        }

        warnedAt = now;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AccessLogFailed, LogLevel.Warning, "The access log {Destination} cannot be written: {Reason}")]
        public static partial void Failed(ILogger logger, string destination, string reason);

        [LoggerMessage(EventIds.AccessLogDropped, LogLevel.Warning, "The access log {Destination} did not take {Lines} lines; they are lost.")]
        public static partial void Dropped(ILogger logger, string destination, long lines);
    }
}
