using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;

namespace RealtimeGateway.Cluster;

/// <summary>
/// This node's place in the fleet: keeps its lease, sees who else is there, and finds out when the others have taken it for dead. It then starts anew
/// under another incarnation.
/// </summary>
/// <remarks>
/// Its loop is the only one that renews. Times are <see cref="TimeProvider.GetTimestamp"/>, counted from before a renewal was sent: the lease can only
/// last longer than this node believes.
/// </remarks>
internal sealed partial class Membership : IMembership, IDisposable
{
    /// <summary>A node that is condemned again and again must not remember for ever.</summary>
    private const int MaxFormer = 64;

    private readonly IBackplane _backplane;
    private readonly IdSource _ids;
    private readonly ConnectionTable _connections;
    private readonly FleetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Membership> _log;
    private readonly FleetReader _reader;
    private readonly FleetMemory _memory;
    private readonly Alarm _alarm;
    private readonly Waiters<bool> _answers;
    private readonly CancellationTokenSource _stop = new();
    private readonly DateTimeOffset _startedAt;

    private Task _loop = Task.CompletedTask;
    private volatile Health? _health;
    private volatile FleetReading _reading;
    private ImmutableArray<uint> _former = [];

    private string? _run;
    private bool _isAway;
    private bool _isIncarnationKnown;
    private volatile bool _hasJoined;
    private volatile bool _isDraining;
    private long _attemptedAt = long.MinValue;

    /// <summary>Makes a member that has not joined yet.</summary>
    public Membership(
        IBackplane backplane, IdSource ids, ConnectionTable connections, FleetOptions options, TimeProvider time, ILogger<Membership> log)
    {
        _backplane = backplane;
        _ids = ids;
        _connections = connections;
        _options = options;
        _time = time;
        _log = log;
        _reader = new FleetReader(backplane, options, time);
        _memory = new FleetMemory(backplane, options, time, log);
        _alarm = new Alarm(time);
        _answers = new Waiters<bool>(time);
        _startedAt = time.GetUtcNow();
        _reading = new FleetReading(FleetView.None, time.GetTimestamp());
    }

    /// <summary>Raised with every view that was read; the members already tell of it.</summary>
    public event Action<FleetView>? Viewed;

    /// <summary>
    /// Raised with the old incarnation when this node finds its tombstone: others tell the ends of its connections, which are to be closed with 1012.
    /// New connections are of another incarnation already.
    /// </summary>
    public event Action<uint>? Condemned;

    /// <summary>Raised when another run of the backplane has answered: what this node has written there may be lost.</summary>
    public event Action? RunChanged;

    /// <summary>Names this run of this node.</summary>
    public uint Incarnation => _ids.Incarnation;

    /// <summary>The fleet as last read.</summary>
    public FleetView View => _reading.View;

    /// <inheritdoc/>
    public bool HasJoined => _hasJoined;

    /// <summary>Whether this node could not renew its lease for so long (<see cref="FleetOptions.Fence"/>) that others may soon take it for dead: it must not answer for its connections.</summary>
    public bool IsFenced => !IsRenewedWithin(_options.Fence);

    /// <summary>Whether the lease was renewed so shortly ago (<see cref="FleetOptions.Fresh"/>) that nobody takes this node for dead for a while.</summary>
    public bool IsFresh => IsRenewedWithin(_options.Fresh);

    /// <summary>For how long the backplane has answered without a gap and with the same data; zero while it does not.</summary>
    public TimeSpan HealthyFor =>
        _health is { } health && health.Run == View.Run && Since(health.RenewedAt) < _options.Fence ? Since(health.HealthySince) : TimeSpan.Zero;

    /// <summary>Whether this node takes no more clients; the fleet is told at once.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set
        {
            _isDraining = value;
            _alarm.Ring();
        }
    }

    /// <summary>Begins to join the fleet, and goes on without it until it can.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _backplane.Connected += _alarm.Ring;
        _loop = RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    /// <summary>Stops renewing. Unless <see cref="LeaveAsync"/> is called the lease runs out, and others tell the ends of what connections have records left.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _backplane.Connected -= _alarm.Ring;
        // Not CancelAsync, which goes to the thread pool.
        _stop.Cancel();
        _alarm.Ring();
        await _loop.WaitAsync(cancellationToken);
    }

    /// <summary>Leaves the fleet for good. Only for a node whose connections have all been told: their records go too.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StopAsync(cancellationToken);
            _health = null;
            await _backplane.ReleaseAsync(Incarnation, _options.TombstoneLife, cancellationToken);
        }
        catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
        {
            Log.LeaveFailed(_log, exception);
        }
    }

    /// <inheritdoc/>
    public bool IsFormer(uint incarnation) => _former is { IsEmpty: false } former && incarnation != Incarnation && former.Contains(incarnation);

    /// <summary>What the last view says of a node, without asking anybody. A node that it does not name may have come since: <see cref="ResolveAsync"/> finds out.</summary>
    public NodeStanding StandingOf(uint incarnation)
    {
        if (incarnation == Incarnation)
        {
            return NodeStanding.Alive;
        }

        // What was condemned stays it, whatever a backplane says that has lost its data.
        if (IsFormer(incarnation) || _memory.IsCondemned(incarnation))
        {
            return NodeStanding.Dead;
        }

        return View.Find(incarnation) is { } entry ? StandingOf(entry) : NodeStanding.Unknown;
    }

    /// <summary>
    /// What is known of a node after the fleet has been read anew; one reading serves everybody who asks meanwhile. Who is not there is dead only if
    /// the backplane has been healthy for <see cref="FleetOptions.RunStable"/>: one that has lost its data knows nobody.
    /// </summary>
    public async ValueTask<NodeStanding> ResolveAsync(uint incarnation, CancellationToken cancellationToken)
    {
        if (incarnation == Incarnation || StandingOf(incarnation) == NodeStanding.Dead)
        {
            return StandingOf(incarnation);
        }

        if (await _reader.ReadAsync(cancellationToken) is not { } reading)
        {
            return NodeStanding.Unknown;
        }

        Take(reading);
        if (reading.View.Find(incarnation) is { } entry)
        {
            return StandingOf(entry);
        }

        return IsSettled(reading) ? NodeStanding.Dead : NodeStanding.Unknown;
    }

    /// <summary>Remembers a node that this one has condemned: it is dead for good, even if the backplane forgets that.</summary>
    public void Condemn(uint incarnation) => _memory.Condemn(incarnation);

    /// <summary>Completes with the next answer to a renewal, which is tried now rather than later.</summary>
    /// <returns>Whether the lease was renewed; <see langword="false"/>: this node was condemned, or the time is up.</returns>
    public Task<bool> WaitForRenewalAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = _answers.WaitAsync(timeout, false, cancellationToken);
        // Not for each of many who ask: attempts that fail at once would follow each other without a pause.
        if (Volatile.Read(ref _attemptedAt) is var attemptedAt && (attemptedAt == long.MinValue || Since(attemptedAt) > _options.RenewalRetry / 10))
        {
            _alarm.Ring();
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alarm.Dispose();
        _stop.Dispose();
    }

    private static NodeStanding StandingOf(in NodeEntry entry) => entry switch
    {
        { IsCondemned: true } => NodeStanding.Dead,
        { HasLease: true } => NodeStanding.Alive,
        // Its lease may have run out because the backplane was away, and it may take it anew.
        _ => NodeStanding.Unknown,
    };

    private bool IsRenewedWithin(TimeSpan time) => _health is { } health && Since(health.RenewedAt) < time;

    private TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    private bool IsSettled(FleetReading reading) =>
        _health is { } health
        && reading.View.Run == health.Run
        && _time.GetElapsedTime(health.RenewedAt, reading.BeganAt) < _options.Fence
        && _time.GetElapsedTime(health.HealthySince, reading.BeganAt) >= _options.RunStable;

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = await RenewAsync(stop);
            }
            catch (Exception exception)
            {
                // A fault of ours, or of whoever listens to the events. Without its lease the node would be taken for dead; the next attempt may do.
                Log.Faulted(_log, exception);
                wait = _options.RenewalRetry;
            }

            if (!stop.IsCancellationRequested)
            {
                await _alarm.WaitAsync(wait);
            }
        }
    }

    /// <returns>When to renew again.</returns>
    private async Task<TimeSpan> RenewAsync(CancellationToken stop)
    {
        var incarnation = Incarnation;
        var self = new NodeAnnouncement(incarnation, _options.NodeName, _startedAt, _connections.Count, _isDraining);
        var beganAt = _time.GetTimestamp();
        Volatile.Write(ref _attemptedAt, beganAt);
        LeaseAnswer answer;
        try
        {
            using var timeout = new CancellationTokenSource(_options.RenewalTimeout, _time);
            using var stopping = stop.Register(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
            answer = await _backplane.RenewAsync(self, _options.Lease, timeout.Token);
        }
        catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
        {
            if (!_isAway && !stop.IsCancellationRequested)
            {
                _isAway = true;
                Log.Away(_log, exception);
            }

            return _options.RenewalRetry;
        }

        if (answer.IsCondemned)
        {
            StartAnew(incarnation);
            return TimeSpan.Zero;
        }

        Renewed(answer.View, beganAt);
        return _options.Renewal - Since(beganAt);
    }

    private void Renewed(FleetView view, long beganAt)
    {
        var isOtherRun = _run is not null && _run != view.Run;
        var health = _health;
        var isGap = health is null || health.Run != view.Run || _time.GetElapsedTime(health.RenewedAt, beganAt) >= _options.Fence;
        _run = view.Run;
        _health = new Health(view.Run, beganAt, isGap ? _time.GetTimestamp() : health!.HealthySince);
        if (!_isIncarnationKnown)
        {
            _hasJoined = _isIncarnationKnown = true;
            Log.Joined(_log, Incarnation, view.Nodes.Length);
        }
        else if (_isAway)
        {
            Log.Back(_log);
        }

        _isAway = false;
        if (isOtherRun)
        {
            Log.RunChanged(_log);
            RunChanged?.Invoke();
        }

        Take(new FleetReading(view, beganAt));
        // An answer that was long on its way does not say that the lease is held now.
        if (!IsFenced)
        {
            _answers.Answer(true);
        }
    }

    private void StartAnew(uint incarnation)
    {
        // First, so that what opens from now on either is of the new incarnation or sees that its own is over.
        ImmutableInterlocked.Update(
            ref _former, static (former, old) => (former.Length < MaxFormer ? former : former.RemoveAt(0)).Add(old), incarnation);
        _health = null;
        _isIncarnationKnown = false;
        _ids.Renew();
        Log.Condemned(_log, incarnation, Incarnation);
        Condemned?.Invoke(incarnation);
        _answers.Answer(false);
    }

    /// <summary>Takes over a view, unless a later one has been taken already.</summary>
    private void Take(FleetReading reading)
    {
        if (reading.BeganAt < _reading.BeganAt)
        {
            return;
        }

        _memory.Take(_reading.View, reading.View);
        _reading = reading;
        if (_health is { } health && health.Run != reading.View.Run)
        {
            // Another run does not know this node: it is announced there at once.
            _alarm.Ring();
        }

        Viewed?.Invoke(reading.View);
    }

    private sealed record Health(string Run, long RenewedAt, long HealthySince);

    private static partial class Log
    {
        [LoggerMessage(EventIds.FleetJoined, LogLevel.Information, "Joined the fleet as {Incarnation:x8}; {Nodes} nodes are known.")]
        public static partial void Joined(ILogger logger, uint incarnation, int nodes);

        [LoggerMessage(EventIds.BackplaneAway, LogLevel.Warning, "The backplane does not answer; what needs other nodes fails until it does.")]
        public static partial void Away(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.BackplaneBack, LogLevel.Information, "The backplane answers again.")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(EventIds.BackplaneRunChanged, LogLevel.Warning, "The backplane was restarted, emptied or replaced; this node is announced and its records are written again.")]
        public static partial void RunChanged(ILogger logger);

        [LoggerMessage(EventIds.NodeCondemned, LogLevel.Warning, "Other nodes took this one for dead and tell the ends of its connections; they are closed, and {Incarnation:x8} starts anew as {NewIncarnation:x8}.")]
        public static partial void Condemned(ILogger logger, uint incarnation, uint newIncarnation);

        [LoggerMessage(EventIds.MembershipFaulted, LogLevel.Error, "Renewing the lease failed by a fault of the gateway.")]
        public static partial void Faulted(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.LeaveFailed, LogLevel.Warning, "The fleet could not be told that this node leaves; others find out when its lease has run out.")]
        public static partial void LeaveFailed(ILogger logger, Exception exception);
    }
}
