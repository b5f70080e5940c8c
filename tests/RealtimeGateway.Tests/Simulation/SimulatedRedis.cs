using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// The one Redis of a simulated fleet: its data, who listens, and what can befall it: to be away, to come back with or without its data, to be emptied, to
/// fall over to a replica that lags behind, to execute nothing for a while.
/// </summary>
internal sealed class SimulatedRedis
{
    private readonly Dictionary<uint, SimulatedBackplane> _listeners = [];
    private readonly List<SimulatedBackplane> _links = [];
    private readonly HashSet<ConnectionId> _recorded = [];
    private RedisContent _content = new() { Run = "run-0" };
    private RedisContent? _replica;
    private int _runs;

    /// <summary>Makes a Redis that is there and empty.</summary>
    public SimulatedRedis(SimulationLoop loop, Weather weather, Mutations mutations, History history)
    {
        Loop = loop;
        Weather = weather;
        Mutations = mutations;
        History = history;
        Random = loop.Fork();
    }

    /// <summary>What runs it.</summary>
    public SimulationLoop Loop { get; }

    /// <summary>What the network does.</summary>
    public Weather Weather { get; set; }

    /// <summary>What is broken on purpose.</summary>
    public Mutations Mutations { get; }

    /// <summary>What is written down.</summary>
    public History History { get; }

    /// <summary>The chance of the network.</summary>
    public Random Random { get; }

    /// <summary>Whether it takes connections.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Whether it executes commands.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>All connections that there are records of.</summary>
    public IReadOnlySet<ConnectionId> Recorded => _recorded;

    /// <summary>Adds the connection of a node.</summary>
    public void Add(SimulatedBackplane link) => _links.Add(link);

    /// <summary>Takes the connection of a node that is gone out, and with it what it listened to.</summary>
    public void Remove(SimulatedBackplane link)
    {
        _links.Remove(link);
        Forget(link);
    }

    /// <summary>Executes a command of <paramref name="node"/>.</summary>
    public T Execute<T>(Func<RedisContent, long, T> command) => command(_content, Loop.Now);

    /// <summary>Writes down what became of a record.</summary>
    public void Recount(IEnumerable<ConnectionId> ids)
    {
        foreach (var id in ids)
        {
            Recount(id);
        }
    }

    /// <summary>Who listens for a node's batches.</summary>
    public SimulatedBackplane? ListenerOf(uint node) => _listeners.GetValueOrDefault(node);

    /// <summary>Begins to hand a node's batches to it.</summary>
    public void Listen(uint node, SimulatedBackplane link) => _listeners[node] = link;

    /// <summary>Ends that.</summary>
    public void StopListening(uint node) => _listeners.Remove(node);

    /// <summary>Forgets everything that a connection listened to: it is broken.</summary>
    public void Forget(SimulatedBackplane link)
    {
        foreach (var node in _listeners.Where(pair => pair.Value == link).Select(static pair => pair.Key).ToArray())
        {
            _listeners.Remove(node);
        }
    }

    /// <summary>Ends the process: every connection breaks.</summary>
    public void GoAway(string why)
    {
        History.Add(Loop.Now, HistoryKind.BackplaneAway, text: why);
        IsUp = false;
        _listeners.Clear();
        foreach (var link in _links.ToArray())
        {
            link.Break();
        }
    }

    /// <summary>Starts it again, as another run.</summary>
    /// <param name="keepsContent">Whether it has its data; leases that ran out meanwhile have run out.</param>
    public void ComeBack(bool keepsContent)
    {
        IsUp = true;
        Become(keepsContent ? _content : new RedisContent { Run = "" });
        History.Add(Loop.Now, HistoryKind.BackplaneBack);
        foreach (var link in _links.ToArray())
        {
            link.Reconnect();
        }
    }

    /// <summary>Deletes everything; connections stay.</summary>
    public void Flush()
    {
        History.Add(Loop.Now, HistoryKind.BackplaneAway, text: HistoryReasons.Flush);
        Become(new RedisContent { Run = "" });
        History.Add(Loop.Now, HistoryKind.BackplaneBack);
    }

    /// <summary>From here on nothing reaches the replica.</summary>
    public void BeginReplicaLag() => _replica = _content.Copy();

    /// <summary>The replica takes over: what it did not get is lost, and connections are new.</summary>
    public void PromoteReplica()
    {
        IsUp = true;
        Become(_replica ?? _content);
        _replica = null;
        History.Add(Loop.Now, HistoryKind.BackplaneBack);
        foreach (var link in _links.ToArray())
        {
            link.Reconnect();
        }
    }

    /// <summary>Executes nothing for a while; what comes waits.</summary>
    public void Pause()
    {
        History.Add(Loop.Now, HistoryKind.BackplaneAway, text: HistoryReasons.Pause);
        IsPaused = true;
    }

    /// <summary>Executes what waits.</summary>
    public void Resume()
    {
        IsPaused = false;
        History.Add(Loop.Now, HistoryKind.BackplaneBack);
        foreach (var link in _links.ToArray())
        {
            link.Flow();
        }
    }

    private void Become(RedisContent content)
    {
        _content = content;
        if (!Mutations.KeepsRun || content.Run.Length == 0)
        {
            content.Run = Mutations.KeepsRun ? "run-0" : $"run-{++_runs}";
        }

        Recount(_recorded.Union(content.Recorded).Order().ToArray());
    }

    private void Recount(ConnectionId id)
    {
        if (_content.HasRecord(id))
        {
            if (_recorded.Add(id))
            {
                History.Add(Loop.Now, HistoryKind.RecordWritten, connection: id);
            }
        }
        else if (_recorded.Remove(id))
        {
            History.Add(Loop.Now, HistoryKind.RecordGone, connection: id);
        }
    }
}
