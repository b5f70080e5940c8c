using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class ConnectionRecordsTests : IDisposable
{
    private readonly FleetBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Add_CompletesWhenWritten()
    {
        var a = _bed.Start("a");
        a.Backplane.Latency = TimeSpan.FromMilliseconds(30);
        var id = a.Ids.NextConnectionId();
        var add = a.Records.AddAsync(id, FleetBed.Client()).AsTask();
        _bed.Run(0.02);
        Assert.False(add.IsCompleted);
        _bed.Run(0.02);

        Assert.True(add.IsCompletedSuccessfully);
        Assert.Equal([id], _bed.Store.RecordsOf(a.Incarnation));
    }

    [Fact]
    public void Add_SlowBackplane_Waits50msOnly()
    {
        var a = _bed.Start("a");
        a.Backplane.Latency = TimeSpan.FromMilliseconds(700);
        var add = a.Records.AddAsync(a.Ids.NextConnectionId(), FleetBed.Client()).AsTask();
        _bed.Run(0.04);
        var second = a.Records.AddAsync(a.Ids.NextConnectionId(), FleetBed.Client()).AsTask();
        Assert.False(add.IsCompleted);
        _bed.Run(0.01);
        Assert.True(add.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        _bed.Run(0.04);
        Assert.True(second.IsCompletedSuccessfully);
        _bed.Run(3);
        Assert.Equal(2, _bed.Store.RecordsOf(a.Incarnation).Length);
    }

    [Fact]
    public void Add_BackplaneAway_DoesNotWaitAndIsWrittenLater()
    {
        var a = _bed.Make("a");
        a.Backplane.Cut();
        a.Start();
        var id = a.Ids.NextConnectionId();
        Assert.True(a.Records.AddAsync(id, FleetBed.Client()).AsTask().IsCompletedSuccessfully);
        _bed.Run(3);
        a.Backplane.Connect();
        _bed.Settle();

        Assert.Equal([id], _bed.Store.RecordsOf(a.Incarnation));
    }

    [Fact]
    public void Add_Storm_GoesInFewWritesOfAtMost1000()
    {
        var a = _bed.Start("a");
        a.Backplane.Latency = TimeSpan.FromMilliseconds(5);
        a.Open(10_000);
        _bed.Run(1);

        Assert.Equal(10_000, _bed.Store.RecordsOf(a.Incarnation).Length);
        Assert.All(_bed.Store.Writes, write => Assert.InRange(write.Written + write.Removed, 1, 1000));
        Assert.InRange(_bed.Store.Writes.Count, 10, 12);
    }

    [Fact]
    public void FailedWrite_IsTriedAgain()
    {
        var a = _bed.Start("a");
        a.Backplane.FailsWrites = true;
        var ids = a.Open(3);
        a.Records.Remove(ids[2]);
        _bed.Run(5);
        Assert.Empty(_bed.Store.RecordsOf(a.Incarnation));
        a.Backplane.FailsWrites = false;
        _bed.Run(0.6);

        Assert.Equal(ids[..2].Order(), _bed.Store.RecordsOf(a.Incarnation).Order());
    }

    [Fact]
    public void FailedWrite_ThatCameThere_IsRemovedWithItsConnection()
    {
        var a = _bed.Start("a");
        a.Backplane.FailsWrites = true;
        a.Backplane.WritesBeforeFailing = true;
        var id = a.Open(1)[0];
        _bed.Run(1);
        Assert.Equal([id], _bed.Store.RecordsOf(a.Incarnation));
        a.Records.Remove(id);
        a.Backplane.FailsWrites = false;
        _bed.Run(1);

        Assert.Empty(_bed.Store.RecordsOf(a.Incarnation));
    }

    [Fact]
    public void Remove_BeforeItWasWritten_WritesNothing()
    {
        var a = _bed.Make("a");
        a.Backplane.Cut();
        a.Start();
        foreach (var id in a.Open(100))
        {
            a.Records.Remove(id);
        }

        a.Backplane.Connect();
        _bed.Run(3);

        Assert.Empty(_bed.Store.Writes);
        Assert.Equal(0, a.Records.Count);
    }

    [Fact]
    public void Fenced_WritesNothing()
    {
        var a = _bed.Start("a");
        _bed.Run(2);
        a.Backplane.Cut();
        _bed.Run(5);
        // The connection is back; whether the lease is still there is not known yet.
        a.Backplane.IsConnected = true;
        Assert.True(a.Membership.IsFenced);
        Assert.True(a.Records.AddAsync(a.Ids.NextConnectionId(), FleetBed.Client()).AsTask().IsCompletedSuccessfully);
        _bed.Settle();

        Assert.Empty(_bed.Store.Writes);
        a.Backplane.Connect();
        _bed.Settle();
        Assert.Single(_bed.Store.RecordsOf(a.Incarnation));
    }

    [Fact]
    public void RunChange_WritesAllAgainAndRemovesWhatIsStale()
    {
        var a = _bed.Start("a");
        var ids = a.Open(2500);
        _bed.Run(2);
        // As of a replica that was behind: it has a record of a connection that has ended, and lacks others.
        var stale = a.Ids.NextConnectionId();
        _bed.Store.Empty();
        _bed.Store.Put(a.Incarnation, new StoredRecord(stale, new byte[] { 1 }));
        _bed.Run(2.5);

        Assert.Equal(ids.Order(), _bed.Store.RecordsOf(a.Incarnation).Order());
    }

    [Fact]
    public void KeepAlive_TouchesTheRecords()
    {
        var a = _bed.Start("a");
        a.Open(1);
        _bed.Run(TimeSpan.FromMinutes(10.1));

        Assert.Equal((a.Incarnation, 0, 0), _bed.Store.Writes[^1]);
        Assert.Equal(2, _bed.Store.Writes.Count);
    }

    [Fact]
    public void MayTellEnd_Healthy_AtOnce()
    {
        var a = _bed.Start("a");
        var id = a.Open(1)[0];
        _bed.Run(10);

        Assert.True(FleetBed.Result(a.Records.MayTellEndAsync(id).AsTask()));
    }

    [Fact]
    public void MayTellEnd_NotRenewedFor2500ms_WaitsForTheRenewal()
    {
        var a = _bed.Start("a");
        var id = a.Open(1)[0];
        a.Backplane.Cut();
        _bed.Run(2.5);
        var mayTell = a.Records.MayTellEndAsync(id).AsTask();
        _bed.Run(1);
        Assert.False(mayTell.IsCompleted);
        a.Backplane.Connect();
        _bed.Settle();

        Assert.True(FleetBed.Result(mayTell));
    }

    [Fact]
    public void MayTellEnd_BackplaneStaysAway_After2Minutes()
    {
        var a = _bed.Start("a");
        var id = a.Open(1)[0];
        a.Backplane.Cut();
        _bed.Run(10);
        var mayTell = a.Records.MayTellEndAsync(id).AsTask();
        _bed.Run(119);
        Assert.False(mayTell.IsCompleted);
        _bed.Run(1.1);

        Assert.True(FleetBed.Result(mayTell));
    }

    [Fact]
    public void MayTellEnd_NeverWritten_AtOnceAndNeverWritten()
    {
        var a = _bed.Make("a");
        a.Backplane.Cut();
        a.Start();
        var id = a.Open(1)[0];

        Assert.True(FleetBed.Result(a.Records.MayTellEndAsync(id).AsTask()));
        a.Backplane.Connect();
        _bed.Run(3);
        Assert.Empty(_bed.Store.Writes);
    }

    [Fact]
    public void MayTellEnd_CondemnedBeforeItWasWritten_IsForThisNode()
    {
        var a = _bed.Start("a");
        _bed.Start("b");
        var written = a.Open(1)[0];
        _bed.Run(20);
        a.Backplane.Cut();
        var unwritten = a.Open(1)[0];
        _bed.Run(30);
        a.Backplane.Connect();
        _bed.Settle();
        Assert.Single(a.CondemnedAs);

        Assert.False(FleetBed.Result(a.Records.MayTellEndAsync(written).AsTask()));
        Assert.True(FleetBed.Result(a.Records.MayTellEndAsync(unwritten).AsTask()));
        a.Records.Remove(written);
        a.Records.Remove(unwritten);
        Assert.Equal([written], _bed.Told.Select(end => end.Id));
        Assert.Equal(0, a.Records.Count);
    }

    [Fact]
    public void MayTellEnd_CondemnedAndNobodyKnowsWhetherItWasWritten_IsForThisNodeToo()
    {
        var a = _bed.Start("a");
        _bed.Start("b");
        _bed.Run(20);
        a.Backplane.FailsWrites = true;
        var id = a.Open(1)[0];
        a.Backplane.Cut();
        _bed.Run(30);
        a.Backplane.Connect();
        _bed.Settle();

        Assert.Single(a.CondemnedAs);
        Assert.True(FleetBed.Result(a.Records.MayTellEndAsync(id).AsTask()));
    }

    [Fact]
    public void Add_OfAnOldIncarnation_IsNotWritten()
    {
        var a = _bed.Start("a");
        var id = a.Ids.NextConnectionId();
        _ = a.Ids.Renew();
        Assert.True(a.Records.AddAsync(id, FleetBed.Client()).AsTask().IsCompletedSuccessfully);
        _bed.Run(3);

        Assert.Empty(_bed.Store.Writes);
        Assert.True(FleetBed.Result(a.Records.MayTellEndAsync(id).AsTask()));
    }

    [Fact]
    public void NewIncarnation_WritesUnderItsOwnName()
    {
        var a = _bed.Start("a");
        _bed.Start("b");
        _bed.Run(20);
        a.Backplane.Cut();
        _bed.Run(30);
        a.Backplane.Connect();
        _bed.Settle();
        var id = a.Open(1)[0];
        _bed.Run(1);

        Assert.Equal([id], _bed.Store.RecordsOf(a.Incarnation));
        Assert.Equal(a.Incarnation, id.Incarnation);
    }

    [Fact]
    public void Flush_WaitsUntilAllIsWrittenAndRemoved()
    {
        var a = _bed.Start("a");
        var ids = a.Open(3000);
        _bed.Run(1);
        a.Backplane.Latency = TimeSpan.FromMilliseconds(20);
        Array.ForEach(ids, a.Records.Remove);
        var flush = a.Records.FlushAsync(CancellationToken.None);
        _bed.Settle();
        Assert.False(flush.IsCompleted);
        _bed.Run(0.2);

        Assert.True(FleetBed.Result(flush));
        Assert.Empty(_bed.Store.RecordsOf(a.Incarnation));
    }

    [Fact]
    public void Flush_GivenUp_IsFalse()
    {
        var a = _bed.Start("a");
        a.Backplane.FailsWrites = true;
        a.Open(1);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(3), _bed.Time);
        var flush = a.Records.FlushAsync(giveUp.Token);
        _bed.Run(3.1);

        Assert.False(FleetBed.Result(flush));
    }
}
