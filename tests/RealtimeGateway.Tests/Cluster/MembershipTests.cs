using RealtimeGateway.Cluster;

namespace RealtimeGateway.Tests.Cluster;

public sealed class MembershipTests : IDisposable
{
    private const uint Stranger = 0xdead;

    private readonly FleetBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Start_BackplaneThere_JoinsAtOnceAndSeesOthers()
    {
        var a = _bed.Start("a");
        var b = _bed.Start("b");
        _bed.Run(2);

        Assert.True(a.Membership.HasJoined);
        Assert.False(a.Membership.IsFenced);
        Assert.Equal(NodeStanding.Alive, a.Membership.StandingOf(b.Incarnation));
        Assert.Equal(NodeStanding.Alive, a.Membership.StandingOf(a.Incarnation));
        Assert.Equal("b", a.Membership.View.Find(b.Incarnation)!.Value.Announcement.Name);
    }

    [Fact]
    public void Start_BackplaneAway_JoinsWhenItComes()
    {
        var a = _bed.Make("a");
        a.Backplane.Cut();
        a.Start();
        _bed.Run(5);

        Assert.False(a.Membership.HasJoined);
        Assert.True(a.Membership.IsFenced);

        a.Backplane.Connect();
        _bed.Settle();

        Assert.True(a.Membership.HasJoined);
        Assert.False(a.Membership.IsFenced);
    }

    [Fact]
    public void Renewal_Every2s()
    {
        var a = _bed.Start("a");
        _bed.Run(20);

        Assert.Equal(11, a.Backplane.Renewals);
    }

    [Fact]
    public void Renewal_Failing_RetriesEach500ms()
    {
        var a = _bed.Start("a");
        a.Backplane.Cut();
        _bed.Run(2);
        var before = a.Backplane.Renewals;
        _bed.Run(5);

        Assert.Equal(10, a.Backplane.Renewals - before);
    }

    [Fact]
    public void Renewal_Hanging_EndsAfter1s()
    {
        var a = _bed.Start("a");
        a.Backplane.Hangs = true;
        _bed.Run(2);
        var before = a.Backplane.Renewals;
        _bed.Run(15);

        // 1 s in vain and 0.5 s of rest each.
        Assert.Equal(10, a.Backplane.Renewals - before);
    }

    [Fact]
    public void IsFenced_4sAfterTheLastRenewalBegan()
    {
        var a = _bed.Start("a");
        a.Backplane.Cut();
        _bed.Run(3.9);
        Assert.False(a.Membership.IsFenced);

        _bed.Run(0.1);
        Assert.True(a.Membership.IsFenced);
    }

    [Fact]
    public void IsDraining_IsAnnouncedAtOnce()
    {
        var a = _bed.Start("a");
        a.Membership.IsDraining = true;
        _bed.Settle();

        Assert.True(_bed.Store.AnnouncementOf(a.Incarnation)!.Value.IsDraining);
    }

    [Fact]
    public void Resolve_NodeThatJustJoined_IsAlive()
    {
        var a = _bed.Start("a");
        _bed.Run(15.5);
        var b = _bed.Start("b");

        Assert.Equal(NodeStanding.Unknown, a.Membership.StandingOf(b.Incarnation));
        Assert.Equal(NodeStanding.Alive, _bed.Resolve(a, b.Incarnation));
        Assert.Equal(NodeStanding.Alive, a.Membership.StandingOf(b.Incarnation));
    }

    [Fact]
    public void Resolve_Stranger_IsDeadOnlyOnceTheBackplaneIsSettled()
    {
        var a = _bed.Start("a");
        _bed.Run(11);
        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(a, Stranger));

        _bed.Run(1.5);
        Assert.Equal(NodeStanding.Dead, _bed.Resolve(a, Stranger));
    }

    [Fact]
    public void Resolve_AfterTheBackplaneWasEmptied_IsUnknownFor12s()
    {
        var a = _bed.Start("a");
        _bed.Run(20.5);
        _bed.Store.Empty();

        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(a, Stranger));
        _bed.Run(11);
        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(a, Stranger));
        _bed.Run(2);
        Assert.Equal(NodeStanding.Dead, _bed.Resolve(a, Stranger));
    }

    [Fact]
    public void Resolve_AfterAGapInTheRenewals_IsUnknownFor12s()
    {
        var a = _bed.Start("a");
        _bed.Run(20.5);
        a.Backplane.Cut();
        _bed.Run(5);
        a.Backplane.Connect();
        _bed.Run(5);

        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(a, Stranger));
        _bed.Run(8);
        Assert.Equal(NodeStanding.Dead, _bed.Resolve(a, Stranger));
    }

    [Fact]
    public void Resolve_BackplaneAway_IsUnknown()
    {
        var a = _bed.Start("a");
        _bed.Run(20);
        a.Backplane.Hangs = true;
        var resolve = a.Membership.ResolveAsync(Stranger, CancellationToken.None).AsTask();
        _bed.Run(1.1);

        Assert.Equal(NodeStanding.Unknown, FleetBed.Result(resolve));
    }

    [Fact]
    public void Resolve_EntryWithoutLease_IsUnknown()
    {
        var a = _bed.Start("a");
        var b = _bed.Start("b");
        _bed.Run(2);
        b.Backplane.Cut();
        _bed.Run(6.1);

        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(a, b.Incarnation));
    }

    [Fact]
    public void Resolve_Flood_CostsOneReadingAtATime()
    {
        var a = _bed.Start("a");
        _bed.Run(20);
        a.Backplane.Latency = TimeSpan.FromMilliseconds(100);
        var asked = Enumerable.Range(0, 10_000).Select(i => a.Membership.ResolveAsync(Stranger + (uint)i, CancellationToken.None).AsTask()).ToArray();
        _bed.Run(0.25);

        Assert.All(asked, task => Assert.Equal(NodeStanding.Dead, FleetBed.Result(task)));
        // The first had one of its own; the others asked while it was under way.
        Assert.Equal(2, _bed.Store.Reads);
    }

    [Fact]
    public void RunChange_AnnouncesAgainAtOnceWhenAReadingShowsIt()
    {
        var a = _bed.Start("a");
        _bed.Run(20.5);
        _bed.Store.Empty();
        _ = _bed.Resolve(a, Stranger);

        Assert.True(_bed.Store.HasLease(a.Incarnation));
        Assert.Equal(1, a.RunChanges);
        Assert.Empty(a.CondemnedAs);
    }

    [Fact]
    public void RunChange_FirstRunIsNone()
    {
        var a = _bed.Start("a");
        _bed.Run(10);

        Assert.Equal(0, a.RunChanges);
    }

    [Fact]
    public void Condemned_StartsAnewWithoutDelay()
    {
        var a = _bed.Start("a");
        var b = _bed.Start("b");
        _bed.Run(20);
        var old = b.Incarnation;
        b.Backplane.Cut();
        _bed.RunUntil(() => _bed.Store.HasTombstone(old), 15, "b's tombstone");
        b.Backplane.Connect();
        _bed.Settle();

        Assert.Equal([old], b.CondemnedAs);
        Assert.NotEqual(old, b.Incarnation);
        Assert.True(_bed.Store.HasLease(b.Incarnation));
        Assert.False(b.Membership.IsFenced);
        Assert.Equal(NodeStanding.Dead, b.Membership.StandingOf(old));
        Assert.Equal(b.Incarnation, b.Ids.NextConnectionId().Incarnation);
        _bed.Run(2.1);
        Assert.Equal(NodeStanding.Alive, a.Membership.StandingOf(b.Incarnation));
        Assert.Equal(NodeStanding.Dead, _bed.Resolve(a, old));
    }

    /// <summary>The backplane loses the tombstone before the node comes back to find it.</summary>
    [Fact]
    public void Condemned_BackplaneEmptied_StaysDeadAndStartsAnewAllTheSame()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        _bed.Run(20);
        var old = b.Incarnation;
        b.Backplane.Cut();
        _bed.RunUntil(() => _bed.Store.HasTombstone(old) && !_bed.Store.HasEntry(old), 15, "b's burial");
        _bed.Store.Empty();
        b.Backplane.Connect();
        _bed.Run(0.1);
        Assert.True(_bed.Store.HasLease(old));
        Assert.Equal(NodeStanding.Dead, a.Membership.StandingOf(old));

        // The first attempt is in vain.
        a.Backplane.Hangs = true;
        _bed.Run(1);
        a.Backplane.Connect();
        _bed.RunUntil(() => b.CondemnedAs.Count > 0, 8, "b's rebirth");
        Assert.Equal([old], b.CondemnedAs);
        Assert.True(_bed.Store.HasTombstone(old));
    }

    [Fact]
    public void Condemned_MoreThanAThousand_ForgetsTheFirst()
    {
        var a = _bed.Start("a");
        for (var i = 1u; i <= FleetMemory.MaxCondemned + 1; i++)
        {
            a.Membership.Condemn(1_000_000 + i);
            a.Membership.Condemn(1_000_000 + i);
        }

        Assert.Equal(NodeStanding.Unknown, a.Membership.StandingOf(1_000_001));
        Assert.Equal(NodeStanding.Dead, a.Membership.StandingOf(1_000_002));
        Assert.Equal(NodeStanding.Dead, a.Membership.StandingOf(1_000_000 + FleetMemory.MaxCondemned + 1));
    }

    [Fact]
    public void ShortOutage_NothingHappens()
    {
        var a = _bed.Start("a");
        var b = _bed.Start("b");
        _bed.Run(20);
        b.Backplane.Hangs = true;
        _bed.Run(3);
        b.Backplane.Connect();
        _bed.Run(30);

        Assert.Empty(b.CondemnedAs);
        Assert.Empty(a.CondemnedAs);
    }

    [Fact]
    public void WaitForRenewal_Fenced_CompletesWithTheAnswer()
    {
        var a = _bed.Start("a");
        a.Backplane.Cut();
        _bed.Run(10);
        var wait = a.Membership.WaitForRenewalAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        _bed.Run(1);
        Assert.False(wait.IsCompleted);

        a.Backplane.Connect();
        _bed.Settle();
        Assert.True(FleetBed.Result(wait));
    }

    [Fact]
    public void WaitForRenewal_NoAnswer_IsFalseInTime()
    {
        var a = _bed.Start("a");
        a.Backplane.Cut();
        _bed.Run(10);
        var before = a.Backplane.Renewals;
        var waits = Enumerable.Range(0, 1000).Select(_ => a.Membership.WaitForRenewalAsync(TimeSpan.FromSeconds(2), CancellationToken.None)).ToArray();
        _bed.Run(2.1);

        Assert.All(waits, wait => Assert.False(FleetBed.Result(wait)));
        Assert.InRange(a.Backplane.Renewals - before, 4, 6);
    }

    [Fact]
    public void WaitForRenewal_Fenced_TriesAtOnce()
    {
        var a = _bed.Start("a");
        a.Backplane.Cut();
        _bed.Run(10.3);
        a.Backplane.Connect();
        a.Backplane.Cut();
        _bed.Run(0.2);
        var before = a.Backplane.Renewals;
        _ = a.Membership.WaitForRenewalAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        _bed.Settle();

        Assert.Equal(before + 1, a.Backplane.Renewals);
    }

    [Fact]
    public void Leave_LeavesATombstoneOnly()
    {
        var a = _bed.Start("a");
        var b = _bed.Start("b");
        _bed.Run(20);
        var leave = a.Membership.LeaveAsync(CancellationToken.None);
        _bed.Settle();

        Assert.True(leave.IsCompletedSuccessfully);
        Assert.False(_bed.Store.HasEntry(a.Incarnation));
        Assert.True(_bed.Store.HasTombstone(a.Incarnation));
        _bed.Run(2.5);
        Assert.Equal(NodeStanding.Dead, _bed.Resolve(b, a.Incarnation));
        Assert.True(a.Membership.IsFenced);
    }

    [Fact]
    public void Handler_ThatThrows_DoesNotStopTheRenewals()
    {
        var a = _bed.Start("a");
        a.Membership.Viewed += _ => throw new InvalidOperationException("The test wants it so.");
        _bed.Run(20);

        Assert.True(_bed.Store.HasLease(a.Incarnation));
        Assert.False(a.Membership.IsFenced);
    }
}
