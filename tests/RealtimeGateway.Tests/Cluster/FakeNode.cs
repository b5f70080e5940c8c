using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>One node's share of a fleet, without sockets.</summary>
internal sealed class FakeNode
{
    private readonly FleetBed _bed;

    public FakeNode(string name, FleetBed bed)
    {
        _bed = bed;
        Name = name;
        Ids = new IdSource(bed.Draw, bed.Draw);
        Backplane = new FakeBackplane(bed.Store, bed.Time);
        var options = bed.Options with { NodeName = name };
        Membership = new Membership(Backplane, Ids, Connections, options, bed.Time, bed.Log<Membership>());
        Records = new ConnectionRecords(Backplane, Membership, options, bed.Time, bed.Log<ConnectionRecords>());
        Reaper = new Reaper(Backplane, Membership, TellAsync, options, new Random(name.Length), bed.Time, bed.Metrics, bed.Log<Reaper>());
        Membership.Condemned += old => CondemnedAs.Add(old);
        Membership.RunChanged += () => RunChanges++;
    }

    public string Name { get; }

    public IdSource Ids { get; }

    public FakeBackplane Backplane { get; }

    public ConnectionTable Connections { get; } = new();

    public Membership Membership { get; }

    public ConnectionRecords Records { get; }

    public Reaper Reaper { get; }

    public List<uint> CondemnedAs { get; } = [];

    public int RunChanges { get; private set; }

    /// <summary>What the back end does when it is told by this node as a reaper; null: answers at once.</summary>
    public Func<ConnectionId, Task>? BackEnd { get; set; }

    public uint Incarnation => Membership.Incarnation;

    public void Start()
    {
        _ = Records.StartAsync(CancellationToken.None);
        _ = Reaper.StartAsync(CancellationToken.None);
        _ = Membership.StartAsync(CancellationToken.None);
    }

    /// <summary>As kill -9 does: nothing is said any more.</summary>
    public void Kill()
    {
        Backplane.Cut();
        _ = Membership.StopAsync(CancellationToken.None);
        _ = Records.StopAsync(CancellationToken.None);
        _ = Reaper.StopAsync(CancellationToken.None);
        _bed.Settle();
    }

    /// <summary>Opens connections and waits for their records.</summary>
    public ConnectionId[] Open(int count)
    {
        var ids = new ConnectionId[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = Ids.NextConnectionId();
            _ = Records.AddAsync(ids[i], FleetBed.Client($"{Name}-{i}")).AsTask();
        }

        _bed.Settle();
        return ids;
    }

    private async Task TellAsync(ConnectionId id, ClientIdentity client)
    {
        _bed.Told.Add((Name, id, client));
        if (BackEnd is { } backEnd)
        {
            await backEnd(id);
        }
    }
}
