using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Cluster;

/// <summary>
/// How a node leaves: it takes no new clients, closes those it has with 1001 spread over a time, and waits for what was begun. An operator can
/// begin that and take it back (<see cref="Begin"/>, <see cref="TryTakeBack"/>); when the application stops it goes to the end (<see cref="StopAsync"/>), unless that is
/// cut short (<see cref="Abort"/>).
/// </summary>
internal sealed partial class Drain(
    ConnectionTable connections,
    ConnectionLifecycle lifecycle,
    MessageDispatcher dispatcher,
    IMembership membership,
    PacedClose pace,
    DrainTimes times,
    TimeProvider time,
    ILogger<Drain> log)
    : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abort = new();
    private CancellationTokenSource? _run;
    private DrainTimes _current;
    private long _beganAt;
    private bool _isStopping;

    /// <summary>Whether the node takes no new clients.</summary>
    public bool IsDraining => lifecycle.IsStopping;

    /// <summary>Whether the application stops, so that nothing can be taken back.</summary>
    public bool IsStopping => Volatile.Read(ref _isStopping);

    /// <summary>Whether the leaving was cut short.</summary>
    public bool IsAborted => _abort.IsCancellationRequested;

    /// <summary>Connections that are open, or ended and not yet told to their back ends.</summary>
    public int Pending => lifecycle.Pending;

    /// <summary>Begins to leave, until <see cref="TryTakeBack"/>. Does nothing when the node leaves already.</summary>
    /// <param name="spread">The span over which clients are closed; null: the configured one.</param>
    /// <returns>Whether this call began it.</returns>
    public bool Begin(TimeSpan? spread = null)
    {
        lock (_gate)
        {
            if (_isStopping || IsDraining)
            {
                return false;
            }

            _ = Start(times with { Spread = spread ?? times.Spread });
            return true;
        }
    }

    /// <summary>Takes clients again and leaves those alone that are still connected.</summary>
    /// <returns><see langword="false"/>: the application stops; that cannot be taken back.</returns>
    public bool TryTakeBack()
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return false;
            }

            if (IsDraining)
            {
                _run?.Cancel();
                lifecycle.TakeAgain();
                membership.IsDraining = false;
                Log.TakenBack(log, connections.Count);
            }

            return true;
        }
    }

    /// <summary>Leaves for good. A drain that an operator began goes on, in the time that it has left if that is shorter.</summary>
    /// <param name="cancellationToken">The host's patience is at its end: as <see cref="Abort"/>.</param>
    /// <returns>Whether the end of every connection has been told; if not, it is for others to tell.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        Task running;
        lock (_gate)
        {
            Volatile.Write(ref _isStopping, true);
            var left = times;
            if (IsDraining)
            {
                var delay = Left(_current.Delay);
                var spread = Left(_current.Delay + _current.Spread) - delay;
                left = left with { Delay = delay < times.Delay ? delay : times.Delay, Spread = spread < times.Spread ? spread : times.Spread };
                _run?.Cancel();
            }

            running = Start(left);
        }

        using var registration = cancellationToken.Register(Abort);
        await running;
        await FinishAsync();
        foreach (var (_, connection) in connections)
        {
            connection.Cut(CloseReason.Shutdown);
        }

        Log.Ended(log, lifecycle.Pending);
        return lifecycle.Pending == 0;
    }

    /// <summary>Cuts everything at once: what has not been told by now is not told by this node.</summary>
    public void Abort()
    {
        _abort.Cancel();
        foreach (var (_, connection) in connections)
        {
            connection.Cut(CloseReason.Shutdown);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run?.Dispose();
        _abort.Dispose();
    }

    private Task Start(DrainTimes span)
    {
        lifecycle.TakeNoMore();
        membership.IsDraining = true;
        _current = span;
        _beganAt = time.GetTimestamp();
        _run?.Dispose();
        _run = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        Log.Began(log, connections.Count, span.Delay.TotalSeconds, span.Spread.TotalSeconds);
        return CloseAllAsync(span, _run.Token);
    }

    /// <summary>How much of a span is left that began with the drain.</summary>
    private TimeSpan Left(TimeSpan span) => span - time.GetElapsedTime(_beganAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private async Task CloseAllAsync(DrainTimes span, CancellationToken cancellationToken)
    {
        try
        {
            // The whole delay, with or without clients: it is for those who would still send some.
            if (span.Delay > TimeSpan.Zero)
            {
                await Task.Delay(span.Delay, time, cancellationToken);
            }

            var open = new List<Connection>(connections.Count);
            foreach (var (_, connection) in connections)
            {
                open.Add(connection);
            }

            await pace.RunAsync([.. open], span.Spread, CloseReason.Shutdown, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Taken back, taken over by the end of the application, or cut short.
        }
    }

    private async Task FinishAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        var startedAt = time.GetTimestamp();
        try
        {
            while ((lifecycle.Pending > 0 || dispatcher.InFlight > 0) && time.GetElapsedTime(startedAt) < times.Finish)
            {
                await timer.WaitForNextTickAsync(_abort.Token);
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // Cut short.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DrainBegan, LogLevel.Information,
            "This node takes no new clients. Its {Connections} are closed after {Delay} s, over {Spread} s.")]
        public static partial void Began(ILogger logger, int connections, double delay, double spread);

        [LoggerMessage(EventIds.DrainTakenBack, LogLevel.Information, "This node takes new clients again; {Connections} stayed.")]
        public static partial void TakenBack(ILogger logger, int connections);

        [LoggerMessage(EventIds.DrainEnded, LogLevel.Information, "The clients of this node are gone; the ends of {Untold} are not told.")]
        public static partial void Ended(ILogger logger, int untold);
    }
}
