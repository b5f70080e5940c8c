using RealtimeGateway.Cluster;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>What a test says of the fleet.</summary>
internal sealed class FakeMembership(uint incarnation) : IMembership
{
    private readonly List<TaskCompletionSource<bool>> _renewals = [];
    private readonly HashSet<uint> _former = [];

    public event Action<FleetView>? Viewed;

    public event Action<uint>? Condemned;

    public uint Incarnation { get; set; } = incarnation;

    public FleetView View { get; private set; } = FleetView.None;

    public bool HasJoined { get; set; } = true;

    public bool IsFenced { get; set; }

    public bool IsDraining { get; set; }

    /// <summary>What <see cref="StandingOf"/> says; what is not there is unknown.</summary>
    public Dictionary<uint, NodeStanding> Standings { get; } = [];

    /// <summary>Answers <see cref="ResolveAsync"/>.</summary>
    public Func<uint, ValueTask<NodeStanding>> Resolve { get; set; } = static _ => ValueTask.FromResult(NodeStanding.Unknown);

    public int Resolved { get; private set; }

    public int RenewalsAskedFor => _renewals.Count;

    public bool IsFormer(uint incarnation) => _former.Contains(incarnation);

    public NodeStanding StandingOf(uint incarnation) => Standings.GetValueOrDefault(incarnation);

    public ValueTask<NodeStanding> ResolveAsync(uint incarnation, CancellationToken cancellationToken)
    {
        Resolved++;
        return Resolve(incarnation);
    }

    public Task<bool> WaitForRenewalAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var renewal = new TaskCompletionSource<bool>();
        _renewals.Add(renewal);
        return renewal.Task;
    }

    /// <summary>Ends every wait for a renewal.</summary>
    public void Renewed(bool isRenewed)
    {
        IsFenced = !isRenewed;
        foreach (var renewal in _renewals.ToArray())
        {
            renewal.TrySetResult(isRenewed);
        }
    }

    public void Condemn(uint next)
    {
        var old = Incarnation;
        _former.Add(old);
        Incarnation = next;
        Condemned?.Invoke(old);
    }

    /// <summary>Reads a view with these nodes alive.</summary>
    public void See(params uint[] nodes) => See([.. nodes.Select(static node => new NodeEntry(new(node, "", default, 0, false), "run", true, false))]);

    public void See(NodeEntry[] nodes)
    {
        View = new FleetView("run", [.. nodes]);
        Viewed?.Invoke(View);
    }
}
