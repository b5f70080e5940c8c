using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// One process of the fleet: the gateway's own connections, lifecycle, bus, router, membership, records and reaper, on a simulated clock, backplane and network.
/// </summary>
internal sealed class SimulatedNode : IDisposable
{
    private readonly SimulatedFleet _fleet;
    private readonly Random _random;
    private readonly IdSource _ids;
    private readonly ConnectionTable _table = new();
    private readonly Dictionary<ConnectionId, (Session Session, SimulatedClient Client)> _sessions = [];
    private readonly HashSet<ConnectionId> _ended = [];
    private readonly List<ConnectionId> _watched = [];
    private readonly List<TaskCompletionSource<int>> _asked = [];
    private int _handshakes;
    private readonly ConnectionSweeper _sweeper;
    private readonly Membership _membership;
    private readonly ConnectionLifecycle _lifecycle;
    private readonly StageSlot _slot;
    private readonly ConnectionRecords _records;
    private readonly Reaper _reaper;
    private readonly FleetMember _member;
    private readonly NodeBus _bus;
    private readonly ConnectionRouter _router;

    /// <summary>Puts a node together; <see cref="Start"/> lets it run.</summary>
    public SimulatedNode(SimulatedFleet fleet, int number)
    {
        _fleet = fleet;
        Number = number;
        _random = fleet.Loop.Fork();
        Lane = new SimulationLane(fleet.Loop, $"node {number}") { AfterItem = FindEnds };
        Clock = new LaneClock(Lane, origin: 1 + _random.NextInt64(TimeSpan.TicksPerDay), driftPpm: _random.Next(-200, 201))
        {
            WallOffset = TimeSpan.FromSeconds(_random.Next(-5, 6)),
        };
        Backplane = new SimulatedBackplane(fleet.Redis, Lane, fleet.World, number);
        _ids = new IdSource(_random.NextBytes, _random.NextBytes);
        var deliveries = new DeliveryLog(Clock);
        _sweeper = new ConnectionSweeper(_table, deliveries, Clock);

        var options = new FleetOptions { NodeName = $"node {number}" };
        _slot = fleet.Parts.Slot(new SimulatedBackEnd(fleet, number, Clock, _random), Clock);
        var recorder = new EventRecorder(fleet.Parts.Metrics, Clock);
        var stages = new ActiveStages(fleet.Parts.Compiler, NullLogger<ActiveStages>.Instance);
        var teller = new DisconnectTeller(stages, recorder, Clock, NullLogger<DisconnectTeller>.Instance);
        _membership = new Membership(Backplane, _ids, _table, options, Clock, NullLogger<Membership>.Instance);
        _records = new ConnectionRecords(Backplane, _membership, options, Clock, NullLogger<ConnectionRecords>.Instance);
        _lifecycle = new ConnectionLifecycle(_table, new OutboundBudget(1 << 20), _ids, _records, teller, recorder, Clock);
        _reaper = new Reaper(
            Backplane, _membership, (id, client) => teller.TellAsync(id, client, CloseReason.Abnormal, _slot), options, _random, Clock, fleet.Parts.Fleet,
            NullLogger<Reaper>.Instance);
        _member = new FleetMember(_membership, _records, _reaper, _lifecycle);

        var local = new LocalConnections(_table, deliveries);
        _bus = new NodeBus(Backplane, local, _membership, fleet.Parts.Metrics, Clock, NullLogger<NodeBus>.Instance);
        _router = new ConnectionRouter(local, _membership, _bus, Clock);
    }

    /// <summary>Names the process in the history.</summary>
    public int Number { get; }

    /// <summary>What the process runs on.</summary>
    public SimulationLane Lane { get; }

    /// <summary>Its clocks.</summary>
    public LaneClock Clock { get; }

    /// <summary>Its way to the others.</summary>
    public SimulatedBackplane Backplane { get; }

    /// <summary>What runs everything.</summary>
    public SimulationLoop Loop => _fleet.Loop;

    /// <summary>Whether the load balancer knows it.</summary>
    public bool IsServing { get; private set; }

    /// <summary>Whether it is stopped or cut off now.</summary>
    public bool IsImpaired { get; private set; }

    /// <summary>Starts the process.</summary>
    public void Start()
    {
        _fleet.History.Add(Loop.Now, HistoryKind.Joined, Number, number: _ids.Incarnation);
        _membership.Condemned += _ => _fleet.History.Add(Loop.Now, HistoryKind.Joined, Number, number: _ids.Incarnation);
        Lane.Start(async () =>
        {
            await _bus.StartAsync(CancellationToken.None);
            await _member.StartAsync(CancellationToken.None);
            IsServing = true;
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Clock);
                _sweeper.SweepOnce();
            }
        });
    }

    /// <summary>As SIGKILL: its system ends its sockets.</summary>
    public void Crash()
    {
        _fleet.History.Add(Loop.Now, HistoryKind.Crashed, Number);
        Vanish();
    }

    /// <summary>As SIGSTOP.</summary>
    public void Freeze()
    {
        _fleet.History.Add(Loop.Now, HistoryKind.Frozen, Number);
        IsImpaired = true;
        Lane.Freeze();
    }

    /// <summary>As a virtual machine that is paused: its monotonic clock stands still too.</summary>
    public void Suspend()
    {
        _fleet.History.Add(Loop.Now, HistoryKind.Frozen, Number, text: HistoryReasons.Suspended);
        IsImpaired = true;
        Lane.Suspend();
    }

    /// <summary>As SIGCONT.</summary>
    public void Thaw()
    {
        IsImpaired = false;
        if (!Lane.IsDead)
        {
            Lane.Thaw();
            _fleet.History.Add(Loop.Now, HistoryKind.Thawed, Number);
        }
    }

    /// <summary>Cuts it off from the backplane; its clients and callers still reach it.</summary>
    public void Cut()
    {
        _fleet.History.Add(Loop.Now, HistoryKind.Cut, Number);
        IsImpaired = true;
        Backplane.Cut();
    }

    /// <summary>Ends that.</summary>
    public void Heal()
    {
        IsImpaired = false;
        if (!Lane.IsDead)
        {
            Backplane.Heal();
            _fleet.History.Add(Loop.Now, HistoryKind.Healed, Number);
        }
    }

    /// <summary>As SIGTERM: closes its clients, tells their ends, leaves the fleet.</summary>
    public void Leave()
    {
        IsServing = false;
        Lane.Start(async () =>
        {
            _membership.IsDraining = true;
            _lifecycle.TakeNoMore();
            foreach (var (_, connection) in _table)
            {
                _ = connection.Close(CloseReason.Shutdown);
            }

            // As the HTTP server, which answers what has come before the lease is given back.
            for (var waited = 0; _asked.Count + _handshakes > 0 && waited < 100; waited++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Clock);
            }

            for (var waited = 0; _lifecycle.Pending > 0 && waited < 200; waited++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Clock);
            }

            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), Clock);
            _ = await _member.LeaveAsync(timeout.Token);
            await _bus.StopAsync(CancellationToken.None);
            if (!Lane.IsDead)
            {
                _fleet.History.Add(Loop.Now, HistoryKind.Left, Number);
                Vanish();
            }
        });
    }

    /// <summary>A client's handshake has come.</summary>
    public void Accept(SimulatedClient client) => _ = ObserveAsync(() => AcceptAsync(client));

    /// <summary>A caller's request has come. Its status goes to <paramref name="answer"/>; 0 when it never comes.</summary>
    public void Serve(string kind, ConnectionId id, long number, string name, TaskCompletionSource<int> answer)
    {
        _asked.Add(answer);
        _ = ObserveAsync(async () =>
        {
            var outcome = await AskAsync(kind, id, number, name);
            _asked.Remove(answer);
            Answer(answer, outcome switch
            {
                DeliveryOutcome.Repeated => 200,
                DeliveryOutcome.Done => kind == CallKinds.Delete ? 204 : 200,
                DeliveryOutcome.Gone => 410,
                DeliveryOutcome.Full => 429,
                DeliveryOutcome.Unreachable => 503,
                _ => 504,
            });
        });
    }

    /// <summary>A caller's request comes to a process that is there no more.</summary>
    public void Refuse(TaskCompletionSource<int> answer) => Answer(answer, 0);

    /// <summary>A client's close frame has come.</summary>
    public void ClientClosed(ConnectionId id)
    {
        if (_sessions.TryGetValue(id, out var held))
        {
            held.Session.Connection.PeerClosed(CloseReason.NoStatus);
            TransportEnded(id);
        }
    }

    /// <summary>A client's socket has ended.</summary>
    public void TransportEnded(ConnectionId id)
    {
        if (_sessions.Remove(id, out var held))
        {
            Ended(id);
            _lifecycle.End(held.Session);
        }
    }

    /// <summary>A client has answered a ping.</summary>
    public void Heard(ConnectionId id)
    {
        if (_sessions.TryGetValue(id, out var held))
        {
            held.Session.Connection.Heard();
        }
    }

    /// <summary>A connection takes no messages any more.</summary>
    public void Ended(ConnectionId id)
    {
        if (_ended.Add(id))
        {
            _fleet.History.Add(Loop.Now, HistoryKind.Ended, Number, id);
        }
    }

    /// <summary>A connection's writer is busy, so that its end is seen before its close frame is written.</summary>
    public void Watch(ConnectionId id) => _watched.Add(id);

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweeper.Dispose();
        _reaper.Dispose();
        _records.Dispose();
        _membership.Dispose();
        _bus.Dispose();
    }

    private async Task AcceptAsync(SimulatedClient client)
    {
        if (!IsServing || _lifecycle.IsStopping)
        {
            return;
        }

        _handshakes++;
        var id = _ids.NextConnectionId();
        var identity = new ClientIdentity
        {
            ApiId = StageParts.ApiId,
            StageName = "live",
            DomainName = "sim",
            SourceIp = "192.0.2.1",
            ConnectedAt = Clock.GetUtcNow(),
        };
        // The back end's $connect.
        await Task.Delay(TimeSpan.FromTicks(_random.NextInt64(30 * TimeSpan.TicksPerMillisecond)), Clock);
        var transport = new SimulatedTransport(_fleet, this, client, id, _random) { IsSlow = _random.Next(3) == 0 };
        var session = await _lifecycle.OpenAsync(_slot, id, identity, transport);
        _sessions.Add(id, (session, client));
        _fleet.History.Add(Loop.Now, HistoryKind.Opened, Number, id);
        if (!session.Connection.IsOpen)
        {
            Ended(id);
        }

        _handshakes--;
        client.Arrives(() => client.Open(id));
        session.Connection.TransportReady();
    }

    private async ValueTask<DeliveryOutcome> AskAsync(string kind, ConnectionId id, long number, string name)
    {
        switch (kind)
        {
            case CallKinds.Get:
                return (await _router.GetAsync(id, StageParts.ApiId, CancellationToken.None)).Outcome;
            case CallKinds.Delete:
                return await _router.DeleteAsync(id, StageParts.ApiId, CancellationToken.None);
            default:
                var payload = MessageText.Write(number);
                var key = _fleet.Mutations.DropsDeliveryKeys ? default : DeliveryKey.Of(id, name, isGivenBySdk: true, payload, isBinary: false);
                return await _router.PostAsync(id, StageParts.ApiId, payload, isBinary: false, key, CancellationToken.None);
        }
    }

    private void Answer(TaskCompletionSource<int> answer, int status) =>
        Loop.Schedule(_fleet.World, Loop.Now + _random.NextInt64(1_000, 20_000), () => answer.TrySetResult(status));

    private void FindEnds()
    {
        if (_watched.Count == 0)
        {
            return;
        }

        foreach (var id in _watched)
        {
            if (_sessions.TryGetValue(id, out var held) && !held.Session.Connection.IsOpen)
            {
                Ended(id);
            }
        }

        _watched.RemoveAll(id => !_sessions.TryGetValue(id, out var held) || !held.Session.Connection.IsOpen);
    }

    private void Vanish()
    {
        IsServing = false;
        Lane.Kill();
        Backplane.Kill();
        foreach (var answer in _asked)
        {
            Answer(answer, 0);
        }

        foreach (var (_, client) in _sessions.Values)
        {
            client.Arrives(() => client.SeeClose(CloseReason.Abnormal.Code));
        }
    }

    private async Task ObserveAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            // Nobody awaits what comes from outside; the run must still fail by it.
            Loop.Fail(exception);
        }
    }
}
