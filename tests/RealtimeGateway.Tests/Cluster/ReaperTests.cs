using System.Diagnostics.Metrics;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class ReaperTests : IDisposable
{
    private readonly FleetBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Kill_OneOfThree_EachEndIsToldOnceIn15s()
    {
        var (a, b, c) = (_bed.Start("a"), _bed.Start("b"), _bed.Start("c"));
        var ids = a.Open(1000);
        b.Open(100);
        _bed.Run(20);
        foreach (var node in new[] { b, c })
        {
            node.BackEnd = async _ => await _bed.WaitAsync(50);
        }

        a.Kill();
        var took = _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 15, "a's burial");

        Assert.InRange(took.TotalSeconds, 4, 15);
        Assert.Equal(ids.Order(), _bed.Told.Select(end => end.Id).Order());
        Assert.Single(_bed.Told.Select(end => end.By).Distinct());
        Assert.Equal("a-0", _bed.Told.Single(end => end.Id == ids[0]).Client.UserAgent);
        Assert.Empty(_bed.Store.RecordsOf(a.Incarnation));
        Assert.True(_bed.Store.HasTombstone(a.Incarnation));
        Assert.Equal(100, _bed.Store.RecordsOf(b.Incarnation).Length);
    }

    [Fact]
    public void Kill_All_TheNextToStartTells()
    {
        var dead = new[] { _bed.Start("a"), _bed.Start("b"), _bed.Start("c") };
        var ids = dead.SelectMany(node => node.Open(1000)).ToArray();
        _bed.Run(20);
        foreach (var node in dead)
        {
            node.Kill();
        }

        _bed.Run(60);
        _bed.Start("d");
        _bed.RunUntil(() => dead.All(node => !_bed.Store.HasEntry(node.Incarnation)), 30, "the burials");

        Assert.Equal(ids.Order(), _bed.Told.Select(end => end.Id).Order());
    }

    [Fact]
    public void BackplaneAwayFor30s_NobodyIsBuried()
    {
        var nodes = new[] { _bed.Start("a"), _bed.Start("b"), _bed.Start("c") };
        Array.ForEach(nodes, node => node.Open(10));
        _bed.Run(20);
        Array.ForEach(nodes, node => node.Backplane.Cut());
        _bed.Run(30);
        // Not all come back in one moment, and the first sees that nobody else has a lease.
        foreach (var node in nodes)
        {
            node.Backplane.Connect();
            _bed.Run(0.5);
        }

        _bed.Run(60);

        Assert.Empty(_bed.Told);
        Assert.All(nodes, node => Assert.Empty(node.CondemnedAs));
    }

    [Theory]
    [InlineData(2.6)]
    [InlineData(3.6)]
    [InlineData(3.9)]
    [InlineData(4.5)]
    public void BackplaneAwayForAboutALease_NobodyIsBuried(double seconds)
    {
        var nodes = new[] { _bed.Start("a"), _bed.Start("b") };
        _bed.Run(0.7);
        var late = _bed.Start("c");
        _bed.Run(20);
        foreach (var node in nodes.Append(late))
        {
            node.Backplane.Hangs = true;
        }

        _bed.Run(seconds);
        foreach (var node in nodes)
        {
            node.Backplane.Connect();
        }

        // It is not told that the backplane is back: its attempt in vain has to end first.
        late.Backplane.Hangs = false;
        _bed.Run(30);

        Assert.Empty(late.CondemnedAs);
        Assert.All(nodes, node => Assert.Empty(node.CondemnedAs));
    }

    /// <summary>One node sees no gap in its renewals, while another has lost its lease over an attempt in vain and takes it anew a moment later.</summary>
    [Fact]
    public void LeaseLostOverAnOutage_IsGivenTimeToComeBack()
    {
        var late = _bed.Start("late");
        _bed.Run(1.9);
        var a = _bed.Start("a");
        _bed.Run(20.05);
        a.Backplane.Hangs = late.Backplane.Hangs = true;
        _bed.Run(3.25);
        // Just before a's next attempt, and in the middle of the other's.
        a.Backplane.Hangs = late.Backplane.Hangs = false;
        _bed.Run(1.05);
        Assert.False(_bed.Store.HasLease(late.Incarnation));
        Assert.True(a.Membership.HealthyFor > TimeSpan.FromSeconds(12));
        a.Membership.IsDraining = false;
        _bed.Run(30);

        Assert.Empty(late.CondemnedAs);
    }

    [Fact]
    public void BackplaneEmptied_NobodyIsBuriedAndAllIsWholeIn5s()
    {
        var nodes = new[] { _bed.Start("a"), _bed.Start("b"), _bed.Start("c") };
        Array.ForEach(nodes, node => node.Open(1500));
        _bed.Run(20);
        _bed.Store.Empty();
        _bed.Run(5);

        Assert.All(nodes, node => Assert.True(_bed.Store.HasLease(node.Incarnation)));
        Assert.All(nodes, node => Assert.Equal(1500, _bed.Store.RecordsOf(node.Incarnation).Length));
        _bed.Run(60);
        Assert.Empty(_bed.Told);
        Assert.All(nodes, node => Assert.Empty(node.CondemnedAs));
    }

    [Fact]
    public void FailOver_NodeOfTheOldRun_IsGiven60s()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        a.Open(3);
        _bed.Run(20);
        a.Backplane.Cut();
        _bed.Run(0.1);
        _bed.Store.FailOver();
        _bed.Run(55);
        Assert.Empty(_bed.Told);
        Assert.False(_bed.Store.HasTombstone(a.Incarnation));

        _bed.RunUntil(() => _bed.Told.Count == 3, 15, "the ends of a ghost's connections");
        Assert.All(_bed.Told, end => Assert.Equal("b", end.By));
        Assert.NotEqual(0u, b.Incarnation);
    }

    /// <summary>Its records came to the backplane after the loss; its announcement never did.</summary>
    [Fact]
    public void BackplaneEmptied_NodeThatDiesBeforeItsNextRenewal_IsToldAfter60s()
    {
        var (a, _) = (_bed.Start("a"), _bed.Start("b"));
        _bed.Run(20.1);
        _bed.Store.Empty();
        var ids = a.Open(3);
        a.Kill();
        _bed.Run(55);
        Assert.Empty(_bed.Told);

        _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 25, "its burial");
        Assert.Equal(ids.Order(), _bed.Told.Select(static end => end.Id).Order());
        Assert.Empty(_bed.Store.RecordsOf(a.Incarnation));
    }

    /// <summary>Its connections must not live on after they were answered 410.</summary>
    [Fact]
    public void BackplaneEmptied_NodeThatStaysCutOff_IsCondemnedBeforeItCountsAsDead()
    {
        var (a, b, c) = (_bed.Start("a"), _bed.Start("b"), _bed.Start("c"));
        _bed.Run(20);
        a.Backplane.Cut();
        _bed.Run(1);
        _bed.Store.Empty();
        _bed.Run(55);
        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(b, a.Incarnation));
        Assert.False(_bed.Store.HasTombstone(a.Incarnation));

        _bed.RunUntil(() => _bed.Resolve(b, a.Incarnation) == NodeStanding.Dead, 15, "a's death");
        Assert.True(_bed.Store.HasTombstone(a.Incarnation));
        _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 10, "a's burial");
        Assert.Equal(NodeStanding.Dead, c.Membership.StandingOf(a.Incarnation));

        // Nobody tries again and again.
        var before = b.Backplane.Condemnations + c.Backplane.Condemnations;
        _bed.Run(30);
        Assert.Equal(before, b.Backplane.Condemnations + c.Backplane.Condemnations);
    }

    /// <summary>The others tell it of those that the new data does not know.</summary>
    [Fact]
    public void BackplaneEmptied_NodeThatStartsThen_DoesNotTakeOneThatIsCutOffForDead()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        _bed.Run(20);
        a.Backplane.Cut();
        _bed.Store.Empty();
        _bed.Run(3);
        var late = _bed.Start("late");
        b.Kill();
        _bed.Run(30);
        Assert.Equal(NodeStanding.Unknown, _bed.Resolve(late, a.Incarnation));

        a.Backplane.Connect();
        _bed.Run(1);
        Assert.Equal(NodeStanding.Alive, _bed.Resolve(late, a.Incarnation));
        Assert.Empty(a.CondemnedAs);
    }

    /// <summary>What was decided before the data was lost says nothing of who is in the data after it.</summary>
    [Fact]
    public void FailOver_WhileTheTombstoneIsOnItsWay_CondemnsNobody()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        a.Open(3);
        _bed.Run(20);
        a.Kill();
        b.Backplane.Latency = TimeSpan.FromMilliseconds(500);
        _bed.RunUntil(() => b.Backplane.Condemnations == 1, 15, "the command");
        _bed.Store.FailOver();
        _bed.Run(20);

        Assert.False(_bed.Store.HasTombstone(a.Incarnation));
        Assert.Equal(1, b.Backplane.Condemnations);
    }

    [Fact]
    public void Start_SeesAMissingLease_WaitsUntilTheBackplaneIsSettled()
    {
        var a = _bed.Start("a");
        a.Open(1);
        a.Kill();
        _bed.Run(10);
        _bed.Start("b");
        _bed.Run(11.5);
        Assert.Empty(_bed.Told);

        _bed.Run(5);
        Assert.Single(_bed.Told);
    }

    [Fact]
    public void ReaperDies_AnotherTakesOverWhatIsLeft()
    {
        var (a, b, c) = (_bed.Start("a"), _bed.Start("b"), _bed.Start("c"));
        var ids = a.Open(500);
        _bed.Run(20);
        foreach (var node in new[] { b, c })
        {
            node.BackEnd = async _ => await _bed.WaitAsync(200);
        }

        a.Kill();
        _bed.RunUntil(() => _bed.Told.Count > 200, 20, "the first half");
        var first = _bed.Told[0].By == "b" ? b : c;
        first.Kill();
        _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 60, "a's burial by the other");

        Assert.Equal(ids.Order(), _bed.Told.Select(end => end.Id).Distinct().Order());
        // Twice only what was under way when the first died.
        Assert.InRange(_bed.Told.Count, 500, 500 + 64);
    }

    [Fact]
    public void HoldLost_TellsNoFurther()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        a.Open(2000);
        _bed.Run(20);
        b.BackEnd = async _ => await _bed.WaitAsync(500);
        a.Kill();
        _bed.RunUntil(() => _bed.Told.Count > 0, 20, "the first end");
        _bed.Store.GiveHold(a.Incarnation, 0xbeef, TimeSpan.FromMinutes(5));
        _bed.Run(5);
        var told = _bed.Told.Count;
        _bed.Run(60);

        Assert.InRange(told, 64, 1000);
        Assert.Equal(told, _bed.Told.Count);
        Assert.True(_bed.Store.HasEntry(a.Incarnation));
    }

    [Fact]
    public void BackplaneLostInTheMiddle_TakenUpAgainWithoutTellingTwice()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        var ids = a.Open(2000);
        _bed.Run(20);
        b.BackEnd = async _ => await _bed.WaitAsync(100);
        a.Kill();
        _bed.RunUntil(() => _bed.Told.Count > 500, 20, "a part");
        b.Backplane.Cut();
        _bed.Run(20);
        Assert.InRange(_bed.Told.Count, 500, 1999);
        b.Backplane.Connect();
        _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 60, "the rest");

        Assert.Equal(ids.Order(), _bed.Told.Select(end => end.Id).Order());
    }

    [Fact]
    public void SlowBackEnd_IsHeldForLongerThanTheLockAlone()
    {
        var (a, b, c) = (_bed.Start("a"), _bed.Start("b"), _bed.Start("c"));
        a.Open(10);
        _bed.Run(20);
        b.BackEnd = c.BackEnd = async _ => await _bed.WaitAsync(40_000);
        a.Kill();
        _bed.Run(100);

        Assert.Equal(10, _bed.Told.Count);
        Assert.False(_bed.Store.HasEntry(a.Incarnation));
    }

    [Fact]
    public void HangingBackEnd_DoesNotHoldUpTheOthers()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        var ids = a.Open(600);
        // Every other one.
        var hanging = ids.Where((_, i) => i % 2 == 0).ToHashSet();
        _bed.Run(20);
        b.BackEnd = async id => await _bed.WaitAsync(hanging.Contains(id) ? 30_000 : 10);
        a.Kill();
        _bed.RunUntil(() => _bed.Told.Count > 0, 20, "the first");
        _bed.Run(10);

        Assert.Equal(600, _bed.Told.Count);
    }

    [Fact]
    public void Rate_IsAtLeast300AndAtMost1000ASecond()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        a.Open(3000);
        _bed.Run(20);
        b.BackEnd = async _ => await _bed.WaitAsync(150);
        a.Kill();
        _bed.RunUntil(() => _bed.Told.Count > 0, 20, "the first");
        _bed.Run(1);
        Assert.InRange(_bed.Told.Count, 300, 1100);

        b.BackEnd = null;
        var before = _bed.Told.Count;
        _bed.Run(2);
        Assert.InRange(_bed.Told.Count - before, 1500, 2100);
    }

    [Fact]
    public void Garbage_IsCountedAndDropped()
    {
        var broken = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (instrument.Name == "realtimegateway.fleet.records.broken" && instrument.Meter.Scope == _bed.Meters)
            {
                heard.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => broken += value);
        listener.Start();
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        var good = a.Open(5);
        var other = b.Open(1)[0];
        _bed.Store.Put(a.Incarnation, new StoredRecord(a.Ids.NextConnectionId(), new byte[] { 0xc1, 0xff, 0 }));
        _bed.Store.Put(a.Incarnation, new StoredRecord(a.Ids.NextConnectionId(), default));
        // Under the wrong node: it lives.
        _bed.Store.Put(a.Incarnation, new StoredRecord(other, RecordFormat.Write(FleetBed.Client())));
        _bed.Run(20);
        a.Kill();
        _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 15, "a's burial");

        Assert.Equal(good.Order(), _bed.Told.Select(end => end.Id).Order());
        Assert.Empty(_bed.Store.RecordsOf(a.Incarnation));
        Assert.Equal(3, broken);
    }

    [Fact]
    public void TellThatThrows_CostsOneEndOnly()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        var ids = a.Open(20);
        _bed.Run(20);
        b.BackEnd = id => id == ids[3] ? throw new InvalidOperationException("The test wants it so.") : Task.CompletedTask;
        a.Kill();
        _bed.RunUntil(() => !_bed.Store.HasEntry(a.Incarnation), 15, "a's burial");

        Assert.Equal(20, _bed.Told.Count);
    }

    [Fact]
    public void Draining_LeavesItToOthers()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        a.Open(1);
        _bed.Run(20);
        b.Membership.IsDraining = true;
        a.Kill();
        _bed.Run(30);

        Assert.Empty(_bed.Told);
        Assert.False(_bed.Store.HasTombstone(a.Incarnation));
    }

    [Fact]
    public void Stop_WaitsForCallsUnderWayAndLeavesTheRest()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        a.Open(1000);
        _bed.Run(20);
        b.BackEnd = async _ => await _bed.WaitAsync(500);
        a.Kill();
        _bed.RunUntil(() => _bed.Told.Count > 0, 20, "the first");
        var stop = b.Reaper.StopAsync(CancellationToken.None);
        _bed.Settle();
        Assert.False(stop.IsCompleted);
        _bed.Run(5);

        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(1000 - _bed.Told.Count, _bed.Store.RecordsOf(a.Incarnation).Length);
        Assert.True(_bed.Store.HasEntry(a.Incarnation));
    }

    [Fact]
    public void CutOffFor60s_ItsEndsAreToldByOthersOnly()
    {
        var (a, b) = (_bed.Start("a"), _bed.Start("b"));
        var ids = a.Open(10);
        var old = a.Incarnation;
        _bed.Run(20);
        a.Backplane.Cut();
        _bed.Run(3);
        // A client leaves while nobody knows whether the node is dead.
        var mayTell = a.Records.MayTellEndAsync(ids[0]).AsTask();
        _bed.Run(57);
        Assert.False(mayTell.IsCompleted);
        a.Backplane.Connect();
        _bed.Settle();

        Assert.Equal([old], a.CondemnedAs);
        Assert.False(FleetBed.Result(mayTell));
        Assert.All(ids, id => Assert.False(FleetBed.Result(a.Records.MayTellEndAsync(id).AsTask())));
        Assert.Equal(ids.Order(), _bed.Told.Select(end => end.Id).Order());
        Assert.All(_bed.Told, end => Assert.Equal("b", end.By));
        Array.ForEach(ids, a.Records.Remove);
        _bed.Run(60);
        Assert.Equal(10, _bed.Told.Count);
        Assert.Empty(_bed.Store.RecordsOf(old));
        Assert.NotNull(b);
    }
}
