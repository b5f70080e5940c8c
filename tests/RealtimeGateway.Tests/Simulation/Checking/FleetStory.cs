using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>A history put in order by connection, call and node, so that checkers can ask it.</summary>
internal sealed class FleetStory
{
    private readonly Dictionary<uint, NodeStory> _byIncarnation = [];
    private readonly Dictionary<long, CallStory> _calls = [];
    private readonly Dictionary<ConnectionId, ConnectionStory> _connections = [];
    private readonly Dictionary<ConnectionId, List<(bool IsThere, long At)>> _records = [];
    private readonly Dictionary<int, NodeStory> _nodes = [];
    private readonly Dictionary<(int Node, HistoryKind Kind), long> _openFaults = [];
    private readonly HashSet<int> _suspended = [];
    private readonly Dictionary<uint, long> _announced = [];
    private long _backplaneAwayAt = -1;
    private string? _awayReason;

    /// <summary>Reads a history.</summary>
    public FleetStory(History history)
    {
        IsCalm = history.IsCalm;
        foreach (var entry in history.Entries)
        {
            EndsAt = entry.At;
            Read(entry);
        }

        foreach (var ((node, _), from) in _openFaults)
        {
            Node(node).Faults.Add(new Stretch(from, long.MaxValue));
        }

        if (_backplaneAwayAt >= 0)
        {
            BackplaneFaults.Add(new Stretch(_backplaneAwayAt, long.MaxValue));
        }
    }

    /// <summary>Whether nothing could go wrong but by planned faults.</summary>
    public bool IsCalm { get; }

    /// <summary>When everything was healed and no new load came.</summary>
    public long SettlingAt { get; private set; } = long.MaxValue;

    /// <summary>When the fleet had had time for everything.</summary>
    public long SettledAt { get; private set; } = long.MaxValue;

    /// <summary>The last moment.</summary>
    public long EndsAt { get; private set; }

    /// <summary>When the backplane was away or lost data.</summary>
    public List<Stretch> BackplaneFaults { get; } = [];

    /// <summary>When the backplane's data became another run's: some or all of it may be lost.</summary>
    public List<long> RunChanges { get; } = [];

    /// <summary>All connections.</summary>
    public IEnumerable<ConnectionStory> Connections => _connections.Values;

    /// <summary>All calls.</summary>
    public IEnumerable<CallStory> Calls => _calls.Values;

    /// <summary>All nodes.</summary>
    public IEnumerable<NodeStory> Nodes => _nodes.Values;

    /// <summary>A connection that was opened; null: there was none of that name.</summary>
    public ConnectionStory? Find(ConnectionId id) => _connections.GetValueOrDefault(id);

    /// <summary>A call.</summary>
    public CallStory? FindCall(long number) => _calls.GetValueOrDefault(number);

    /// <summary>A node.</summary>
    public NodeStory Node(int node)
    {
        if (!_nodes.TryGetValue(node, out var story))
        {
            _nodes[node] = story = new NodeStory(node);
        }

        return story;
    }

    /// <summary>The node of an incarnation.</summary>
    public NodeStory? NodeOf(uint incarnation) => _byIncarnation.GetValueOrDefault(incarnation);

    /// <summary>Whether neither the backplane nor, by stop or cut, any node was at fault in a stretch of time. Deaths do not count.</summary>
    public bool IsQuiet(long from, long to) =>
        !BackplaneFaults.Exists(fault => fault.Meets(from, to)) && _nodes.Values.All(node => !node.Faults.Exists(fault => fault.Meets(from, to)));

    /// <summary>Whether at a moment nothing could go wrong but by planned faults: in the end the weather is calm.</summary>
    public bool IsCalmAt(long at) => IsCalm || at >= SettledAt;

    /// <summary>Whether some node was there all the time.</summary>
    public bool HasSurvivor(long from, long to) => _nodes.Values.Any(node => node.JoinedAt <= from && node.GoneAt > to);

    /// <summary>Whether a node had ever reached the backplane when something happened: before it has, nobody can know it.</summary>
    public bool WasAnnounced(ConnectionStory connection, long at) => _announced.TryGetValue(connection.Id.Incarnation, out var announcedAt) && announcedAt <= at;

    private void Read(in HistoryEntry entry)
    {
        switch (entry.Kind)
        {
            case HistoryKind.Settling:
                SettlingAt = entry.At;
                break;
            case HistoryKind.Settled:
                SettledAt = entry.At;
                break;
            case HistoryKind.BackplaneAway when _backplaneAwayAt < 0:
                _backplaneAwayAt = entry.At;
                _awayReason = entry.Text;
                break;
            case HistoryKind.BackplaneBack:
                BackplaneFaults.Add(new Stretch(_backplaneAwayAt, entry.At));
                if (_awayReason != HistoryReasons.Pause)
                {
                    RunChanges.Add(entry.At);
                }

                _backplaneAwayAt = -1;
                break;
            case HistoryKind.Announced:
                _announced.TryAdd((uint)entry.Number, entry.At);
                break;
            case HistoryKind.Joined or HistoryKind.Crashed or HistoryKind.Left or HistoryKind.Frozen or HistoryKind.Thawed or HistoryKind.Cut
                or HistoryKind.Healed or HistoryKind.Condemned:
                ReadNode(entry);
                break;
            case HistoryKind.AttemptBegan or HistoryKind.AttemptEnded or HistoryKind.Sent:
                ReadCall(entry);
                break;
            default:
                ReadConnection(entry);
                break;
        }
    }

    private void ReadNode(in HistoryEntry entry)
    {
        switch (entry.Kind)
        {
            case HistoryKind.Joined:
                var joined = Node(entry.Node);
                joined.JoinedAt = Math.Min(joined.JoinedAt, entry.At);
                joined.Incarnations[(uint)entry.Number] = long.MaxValue;
                _byIncarnation[(uint)entry.Number] = joined;
                break;
            case HistoryKind.Crashed:
                Node(entry.Node).CrashedAt = entry.At;
                EndAll(entry.Node, entry.At);
                break;
            case HistoryKind.Left:
                Node(entry.Node).LeftAt = entry.At;
                EndAll(entry.Node, entry.At);
                break;
            case HistoryKind.Frozen or HistoryKind.Cut:
                _openFaults[(entry.Node, entry.Kind)] = entry.At;
                if (entry.Text == HistoryReasons.Suspended)
                {
                    _suspended.Add(entry.Node);
                }

                break;
            case HistoryKind.Thawed:
                if (_suspended.Remove(entry.Node))
                {
                    Node(entry.Node).Suspensions.Add(new Stretch(_openFaults[(entry.Node, HistoryKind.Frozen)], entry.At));
                }

                CloseFault(entry, HistoryKind.Frozen);
                break;
            case HistoryKind.Healed:
                CloseFault(entry, HistoryKind.Cut);
                break;
            case HistoryKind.Condemned:
                Condemn((uint)entry.Number, entry.At);
                break;
            default:
                break;
        }
    }

    private void CloseFault(in HistoryEntry entry, HistoryKind began)
    {
        if (_openFaults.Remove((entry.Node, began), out var from))
        {
            Node(entry.Node).Faults.Add(new Stretch(from, entry.At));
        }
    }

    private void Condemn(uint incarnation, long at)
    {
        if (_byIncarnation.TryGetValue(incarnation, out var node))
        {
            node.Incarnations[incarnation] = Math.Min(node.Incarnations[incarnation], at);
        }

        foreach (var connection in _connections.Values.Where(connection => connection.Id.Incarnation == incarnation))
        {
            connection.CondemnedAt = Math.Min(connection.CondemnedAt, at);
            if (connection.EndedAt > at)
            {
                connection.EndedAt = at;
                connection.EndedWithNode = true;
            }
        }
    }

    private void EndAll(int node, long at)
    {
        foreach (var connection in _connections.Values.Where(connection => connection.Node == node))
        {
            connection.OwnerEndedAt = Math.Min(connection.OwnerEndedAt, at);
            if (connection.EndedAt > at)
            {
                connection.EndedAt = at;
                connection.EndedWithNode = true;
            }
        }
    }

    private void ReadCall(in HistoryEntry entry)
    {
        if (!_calls.TryGetValue(entry.Number, out var call))
        {
            if (entry.Kind != HistoryKind.AttemptBegan)
            {
                return;
            }

            _calls[entry.Number] = call = new CallStory(entry.Number, entry.Text ?? CallKinds.Post, entry.Connection);
            Find(entry.Connection)?.Calls.Add(call);
        }

        switch (entry.Kind)
        {
            case HistoryKind.AttemptBegan:
                call.Attempts.Add(new Attempt(entry.Node, entry.At));
                break;
            case HistoryKind.Sent:
                call.Sent.Add((entry.Node, entry.At));
                break;
            default:
                call.Attempts[^1].EndedAt = entry.At;
                call.Attempts[^1].Status = entry.Status;
                break;
        }
    }

    private void ReadConnection(in HistoryEntry entry)
    {
        if (entry.Kind == HistoryKind.Opened)
        {
            Open(entry);
            return;
        }

        if (entry.Kind is HistoryKind.RecordWritten or HistoryKind.RecordGone)
        {
            RecordsOf(entry.Connection).Add((entry.Kind == HistoryKind.RecordWritten, entry.At));
            return;
        }

        if (Find(entry.Connection) is not { } connection)
        {
            return;
        }

        switch (entry.Kind)
        {
            case HistoryKind.Ended:
                connection.EndedAt = Math.Min(connection.EndedAt, entry.At);
                connection.OwnerEndedAt = Math.Min(connection.OwnerEndedAt, entry.At);
                break;
            case HistoryKind.ClientClosed:
                connection.ClientClosedAt = Math.Min(connection.ClientClosedAt, entry.At);
                break;
            case HistoryKind.Queued:
                connection.Queued.Add((entry.Number, entry.At));
                break;
            case HistoryKind.Received:
                connection.Received.Add((entry.Number, entry.At));
                break;
            case HistoryKind.TellBegan:
                connection.Tellings.Add(new Telling(entry.Node, entry.Text ?? "", entry.At));
                break;
            case HistoryKind.TellEnded:
                var teller = entry.Node;
                if (connection.Tellings.FindLast(telling => telling.Node == teller) is { } told)
                {
                    told.EndedAt = entry.At;
                }

                break;
            default:
                break;
        }
    }

    private void Open(in HistoryEntry entry)
    {
        var connection = _connections[entry.Connection] = new ConnectionStory(entry.Connection, entry.Node, entry.At)
        {
            // The record comes before the connection.
            Records = RecordsOf(entry.Connection),
        };
        var openedAt = entry.At;
        if (NodeOf(connection.Id.Incarnation) is { } node
            && node.Incarnations[connection.Id.Incarnation] is var condemnedAt
            && condemnedAt <= openedAt)
        {
            // A node that is cut off takes clients and does not know that it has been condemned: what it opens has ended for everybody else.
            connection.EndedAt = openedAt;
            connection.CondemnedAt = condemnedAt;
            connection.EndedWithNode = true;
        }
    }

    private List<(bool IsThere, long At)> RecordsOf(ConnectionId id)
    {
        if (!_records.TryGetValue(id, out var records))
        {
            _records[id] = records = [];
        }

        return records;
    }
}
