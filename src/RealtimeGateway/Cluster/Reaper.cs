using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>Tells the end of one connection of a dead node. Completes when it is told or given up, and does not throw.</summary>
internal delegate Task TellEnd(ConnectionId id, ClientIdentity client);

/// <summary>
/// Looks for nodes that have died, and tells the ends of their connections when the backplane lets it be this node. Never takes a backplane that was
/// away, emptied or replaced for the death of everybody.
/// </summary>
internal sealed partial class Reaper : IDisposable
{
    private readonly IBackplane _backplane;
    private readonly Membership _membership;
    private readonly FleetOptions _options;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly ILogger<Reaper> _log;
    private readonly BurialTools _tools;
    private readonly Alarm _alarm;

    /// <summary>When a node without a lease may be buried, by this process's timestamps. Used by the loop only.</summary>
    private readonly Dictionary<uint, long> _suspects = [];

    /// <summary>Burials that have begun; one that was interrupted is taken up again, since it knows what it has told.</summary>
    private readonly Dictionary<uint, Burial> _burials = [];

    private Task _loop = Task.CompletedTask;
    private volatile bool _isStopping;

    /// <summary>Makes a reaper.</summary>
    /// <param name="backplane">Says who is the one to bury a node, and has its records.</param>
    /// <param name="membership">This node.</param>
    /// <param name="tell">Tells one end.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="random">Spreads the survivors' attempts; used by one caller at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="log">Takes what operators should know.</param>
    public Reaper(
        IBackplane backplane,
        Membership membership,
        TellEnd tell,
        FleetOptions options,
        Random random,
        TimeProvider time,
        FleetMetrics metrics,
        ILogger<Reaper> log)
    {
        _backplane = backplane;
        _membership = membership;
        _options = options;
        _random = random;
        _time = time;
        _log = log;
        _alarm = new Alarm(time);
        _tools = new BurialTools(backplane, tell, options, time, metrics, log, new SemaphoreSlim(options.ReapParallelism), new SemaphoreSlim(options.ReapOutstanding));
    }

    /// <summary>Whether this node can tell ends: not before it has a configuration, since it would take every stage for one that is no longer served.</summary>
    public Func<bool> IsReady { get; init; } = static () => true;

    /// <summary>How many dead nodes are being buried by this one.</summary>
    public int Burials => _burials.Values.Count(static burial => burial.IsRunning);

    /// <summary>Begins to look.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _membership.Viewed += Look;
        _loop = RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Begins no burial and tells no further end; waits for the calls that are under way. What is left others take up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _membership.Viewed -= Look;
        _isStopping = true;
        _alarm.Ring();
        await _loop.WaitAsync(cancellationToken);
        foreach (var burial in _burials.Values)
        {
            burial.Interrupt();
        }

        await Task.WhenAll(_burials.Values.Select(static burial => burial.Completion)).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alarm.Dispose();
        foreach (var burial in _burials.Values)
        {
            burial.Dispose();
        }

        _tools.Slots.Dispose();
        _tools.Outstanding.Dispose();
    }

    private void Look(FleetView view) => _alarm.Ring();

    private async Task RunAsync()
    {
        while (!_isStopping)
        {
            TimeSpan wait;
            try
            {
                wait = BuryDue(_membership.View);
            }
            catch (Exception exception)
            {
                // A fault of ours must not end the looking: the dead would never be told.
                Log.Faulted(_log, exception);
                wait = Timeout.InfiniteTimeSpan;
            }

            await _alarm.WaitAsync(wait);
        }
    }

    /// <returns>When the next one is due, if that is before the next view.</returns>
    private TimeSpan BuryDue(FleetView view)
    {
        ForgetThoseGone(view);
        var next = Timeout.InfiniteTimeSpan;
        if (_membership.IsDraining || !IsReady())
        {
            return next;
        }

        var now = _time.GetTimestamp();
        foreach (var node in view.Nodes)
        {
            if (!IsSuspect(node) || !MayBury(node, view))
            {
                _suspects.Remove(node.Incarnation);
                continue;
            }

            if (node.IsCondemned)
            {
                // Begun already: whoever it was may have died over it.
                Bury(node.Incarnation, view.Run);
                continue;
            }

            if (!_suspects.TryGetValue(node.Incarnation, out var dueAt))
            {
                _suspects[node.Incarnation] = dueAt = now + ToTimestamp(_options.ReapGrace + (_random.NextDouble() * _options.ReapJitter));
            }

            if (dueAt <= now)
            {
                Bury(node.Incarnation, view.Run);
            }
            else if (_time.GetElapsedTime(now, dueAt) is var wait && (next == Timeout.InfiniteTimeSpan || wait < next))
            {
                next = wait;
            }
        }

        return next;
    }

    private bool IsSuspect(in NodeEntry node) => node.Incarnation != _membership.Incarnation && (node.IsCondemned || !node.HasLease);

    /// <summary>A lease can be missing because its node is dead, or because the backplane was away or has lost its data; this tells the one from the other.</summary>
    private bool MayBury(in NodeEntry node, FleetView view)
    {
        var healthyFor = _membership.HealthyFor;
        return healthyFor >= _options.RunStable
            // A node that died while the backplane was away never announces itself to this run; nor does one that is condemned.
            && (node.Run == view.Run || node.IsCondemned || healthyFor >= _options.OldRunGrace);
    }

    private void ForgetThoseGone(FleetView view)
    {
        foreach (var (incarnation, burial) in _burials)
        {
            if (!burial.IsRunning && view.Find(incarnation) is null)
            {
                _burials.Remove(incarnation);
                burial.Dispose();
            }
        }

        foreach (var incarnation in _suspects.Keys)
        {
            if (view.Find(incarnation) is null)
            {
                _suspects.Remove(incarnation);
            }
        }
    }

    private void Bury(uint dead, string run)
    {
        if (!_burials.TryGetValue(dead, out var burial))
        {
            _burials[dead] = burial = new Burial(dead, _tools);
        }

        if (!burial.IsRunning)
        {
            burial.Completion = BuryAsync(burial, run);
        }
    }

    private async Task BuryAsync(Burial burial, string run)
    {
        var self = _membership.Incarnation;
        try
        {
            using var timeout = new CancellationTokenSource(_options.CommandTimeout, _time);
            var heldFrom = _time.GetTimestamp();
            if (!await _backplane.TryCondemnAsync(run, burial.Dead, self, _options.Hold, _options.TombstoneLife, timeout.Token))
            {
                return;
            }

            _membership.Condemn(burial.Dead);
            Log.Began(_log, burial.Dead);
            if (await burial.RunAsync(self, heldFrom))
            {
                Log.Ended(_log, burial.Dead, burial.ToldCount);
            }
            else
            {
                Log.Interrupted(_log, burial.Dead, burial.ToldCount);
            }
        }
        catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
        {
            // The next view brings it up again, here or at another node.
            Log.Failed(_log, exception, burial.Dead);
        }
        catch (Exception exception)
        {
            // A fault of ours or of the backplane's client; nobody awaits this.
            Log.Faulted(_log, exception);
        }
    }

    private long ToTimestamp(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(EventIds.BurialBegan, LogLevel.Warning, "Node {Dead:x8} is dead; this node tells the ends of its connections.")]
        public static partial void Began(ILogger logger, uint dead);

        [LoggerMessage(EventIds.BurialEnded, LogLevel.Information, "The ends of {Told} connections of the dead node {Dead:x8} have been told.")]
        public static partial void Ended(ILogger logger, uint dead, int told);

        [LoggerMessage(EventIds.BurialInterrupted, LogLevel.Warning, "Telling the ends of the connections of the dead node {Dead:x8} was interrupted after {Told}; it is taken up again, here or by another node.")]
        public static partial void Interrupted(ILogger logger, uint dead, int told);

        [LoggerMessage(EventIds.BurialFailed, LogLevel.Warning, "The backplane failed while the dead node {Dead:x8} was to be dealt with; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception exception, uint dead);

        [LoggerMessage(EventIds.BurialFaulted, LogLevel.Error, "Looking after dead nodes failed by a fault of the gateway.")]
        public static partial void Faulted(ILogger logger, Exception exception);
    }
}
