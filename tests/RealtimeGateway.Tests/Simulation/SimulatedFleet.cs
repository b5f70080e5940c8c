using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// A whole fleet in one thread: its nodes, its Redis, its clients and callers, what befalls them, and the history of it all. One seed, one run.
/// </summary>
internal sealed class SimulatedFleet : IDisposable
{
    private const long Second = TimeSpan.TicksPerSecond;

    /// <summary>Load begins when every node has been healthy long enough to be sure of who is dead.</summary>
    private const long LoadFrom = 14 * Second;

    /// <summary>Faults and load end.</summary>
    private const long LoadTo = 34 * Second;

    /// <summary>Everything is healed.</summary>
    private const long HealedAt = 36 * Second;

    /// <summary>
    /// What is left over has been dealt with: a node that died while the backplane was away is given a minute before it is buried, and its reaper may have
    /// died over it.
    /// </summary>
    private const long SettledAt = HealedAt + (100 * Second);

    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<SimulatedClient> _clients = [];
    private long _calls;

    /// <summary>Puts a fleet together.</summary>
    public SimulatedFleet(int seed, StageParts parts, Mutations mutations)
    {
        Seed = seed;
        Parts = parts;
        Mutations = mutations;
        Loop = new SimulationLoop(seed);
        World = new SimulationLane(Loop, "world");
        Clock = new LaneClock(World);
        Weather = Weather.Draw(Loop.Random);
        History = new History { IsCalm = Weather.IsCalm };
        Redis = new SimulatedRedis(Loop, Weather, mutations, History);
        Faults = new FaultPlan(this, Loop.Fork());
    }

    /// <summary>What decides everything.</summary>
    public int Seed { get; }

    /// <summary>What all nodes share.</summary>
    public StageParts Parts { get; }

    /// <summary>What is broken on purpose.</summary>
    public Mutations Mutations { get; }

    /// <summary>The weather while there is load.</summary>
    public Weather Weather { get; }

    /// <summary>What runs everything.</summary>
    public SimulationLoop Loop { get; }

    /// <summary>What clients, callers and the network run on.</summary>
    public SimulationLane World { get; }

    /// <summary>Their clock.</summary>
    public LaneClock Clock { get; }

    /// <summary>What happened.</summary>
    public History History { get; }

    /// <summary>The backplane.</summary>
    public SimulatedRedis Redis { get; }

    /// <summary>What befalls the fleet.</summary>
    public FaultPlan Faults { get; }

    /// <summary>Clients whose connections callers know of, those that ended included.</summary>
    public List<SimulatedClient> Known { get; } = [];

    /// <summary>The nodes that the load balancer knows.</summary>
    public List<SimulatedNode> Serving => _nodes.FindAll(static node => node.IsServing);

    /// <summary>Runs the whole story.</summary>
    public void Run()
    {
        var random = Loop.Fork();
        var count = random.Next(3, 5);
        for (var i = 0; i < count; i++)
        {
            Loop.Schedule(World, random.NextInt64(Second), StartNode);
        }

        PlanClients(random);
        PlanCalls(random);
        Faults.Plan(LoadFrom + Second, LoadTo);
        Loop.Schedule(World, HealedAt, () =>
        {
            Faults.HealAll();
            History.Add(Loop.Now, HistoryKind.Settling);
        });
        Loop.Schedule(World, HealedAt + (5 * Second), () => Redis.Weather = Weather.Calm with { IsCountless = Redis.Weather.IsCountless });
        Loop.RunUntil(SettledAt);
        History.Add(Loop.Now, HistoryKind.Settled);
        AskEverything();
        Loop.RunUntil(SettledAt + (6 * Second));
    }

    /// <summary>Starts one more node.</summary>
    public void StartNode()
    {
        var node = new SimulatedNode(this, _nodes.Count);
        _nodes.Add(node);
        node.Start();
    }

    /// <summary>The load balancer's choice: any node that serves; now and then one that is not there any more.</summary>
    public SimulatedNode PickForCall(Random random)
    {
        var serving = Serving;
        return serving.Count > 0 ? serving[random.Next(serving.Count)] : _nodes[random.Next(_nodes.Count)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Dispose();
        }
    }

    /// <summary>Names the next call.</summary>
    public long NextCall() => ++_calls;

    private void PlanClients(Random random)
    {
        for (var left = random.Next(8, 31); left > 0; left--)
        {
            var connectsAt = random.NextInt64(LoadFrom - (2 * Second), LoadTo - (4 * Second));
            var client = new SimulatedClient(this);
            _clients.Add(client);
            Loop.Schedule(World, connectsAt, () =>
            {
                if (Serving is { Count: > 0 } serving)
                {
                    client.Connect(serving[random.Next(serving.Count)]);
                }
            });
            if (random.Next(3) == 0)
            {
                var isOrderly = random.Next(2) == 0;
                Loop.Schedule(World, connectsAt + random.NextInt64(15 * Second), () =>
                {
                    if (client.IsOpen)
                    {
                        client.Leave(isOrderly);
                    }
                });
            }
        }
    }

    private void PlanCalls(Random random)
    {
        for (var left = random.Next(40, 121); left > 0; left--)
        {
            var kind = random.Next(20) switch
            {
                0 => CallKinds.Delete,
                1 or 2 => CallKinds.Get,
                _ => CallKinds.Post,
            };
            Loop.Schedule(World, random.NextInt64(LoadFrom, LoadTo), () => Call(kind, random));
        }

        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var (from, count) = (random.NextInt64(LoadFrom, LoadTo - (5 * Second)), random.Next(5, 25));
            Loop.Schedule(World, from, () => World.Start(() => SendInOrderAsync(random, count)));
        }
    }

    private void Call(string kind, Random random)
    {
        if (Known.Count == 0)
        {
            return;
        }

        // Mostly the living, sometimes the dead.
        var client = Known[random.Next(Known.Count)];
        for (var again = 0; again < 2 && !client.IsOpen; again++)
        {
            client = Known[random.Next(Known.Count)];
        }

        World.Start(() => new SimulatedCaller(this).CallAsync(kind, client.Id));
    }

    /// <summary>One sender that sends the next only after the answer to the one before.</summary>
    private async Task SendInOrderAsync(Random random, int count)
    {
        if (Known.Find(static client => client.IsOpen) is not { } client)
        {
            return;
        }

        var caller = new SimulatedCaller(this);
        for (; count > 0 && client.IsOpen; count--)
        {
            _ = await caller.CallAsync(CallKinds.Post, client.Id);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), Clock);
        }
    }

    /// <summary>In the end every connection is asked for once more, through any node.</summary>
    private void AskEverything()
    {
        foreach (var client in Known)
        {
            World.Start(() => new SimulatedCaller(this).CallAsync(CallKinds.Post, client.Id));
        }
    }
}
