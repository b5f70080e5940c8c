using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Extensions.Hosting;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Wakes, once a second, readers that wait too long for the head of a request, so that none needs a timer of its own.</summary>
internal sealed class HeadDeadlines(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Wait, bool> _waits = new();

    /// <summary>Connections whose head is waited for.</summary>
    public int Count => _waits.Count;

    /// <summary>Begins a wait. Its taker disposes of it.</summary>
    /// <param name="input">Its pending read is cancelled when the time is up.</param>
    /// <param name="limit">The time.</param>
    /// <param name="cancellationToken">Ends the wait within a second.</param>
    public Wait Begin(PipeReader input, TimeSpan limit, CancellationToken cancellationToken)
    {
        var wait = new Wait(this, input, cancellationToken);
        wait.Restart(limit);
        _ = _waits.TryAdd(wait, true);
        return wait;
    }

    /// <summary>Wakes whoever has waited long enough.</summary>
    public void SweepOnce()
    {
        var now = time.GetTimestamp();
        foreach (var (wait, _) in _waits)
        {
            wait.Look(now);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                SweepOnce();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>One reader's wait.</summary>
    internal sealed class Wait(HeadDeadlines owner, PipeReader input, CancellationToken cancellationToken) : IDisposable
    {
        private long _endsAt;

        /// <summary>Whether the time is up; the pending read was cancelled then.</summary>
        public bool IsOver { get; private set; }

        /// <summary>Gives it so long from now on.</summary>
        public void Restart(TimeSpan limit) => Volatile.Write(
            ref _endsAt,
            limit == Timeout.InfiniteTimeSpan || limit == TimeSpan.MaxValue
                ? long.MaxValue
                : owner.Now() + (long)(limit.TotalSeconds * owner.Frequency));

        /// <summary>Ends the wait when its time is up.</summary>
        public void Look(long now)
        {
            IsOver |= now >= Volatile.Read(ref _endsAt);
            if (IsOver || cancellationToken.IsCancellationRequested)
            {
                input.CancelPendingRead();
            }
        }

        /// <inheritdoc/>
        public void Dispose() => owner._waits.TryRemove(this, out _);
    }

    private long Frequency => time.TimestampFrequency;

    private long Now() => time.GetTimestamp();
}
