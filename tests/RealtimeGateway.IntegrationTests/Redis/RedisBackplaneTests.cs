using System.Security.Cryptography;
using System.Threading.Channels;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Redis;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>Every promise of <see cref="IBackplane"/>, on each topology, against real servers.</summary>
public sealed class RedisBackplaneTests(RedisDeployments deployments)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tombstone = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Topology> Topologies => [Topology.Standalone, Topology.Sentinel, Topology.Cluster];

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Renew_NewNode_IsSeenByAllWithItsLease(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var started = new DateTimeOffset(2026, 11, 23, 1, 2, 3, TimeSpan.Zero);

        var first = await fleet.A.RenewAsync(new(1, "a", started, 17, true), Lease, Cancellation);
        var second = await fleet.B.RenewAsync(Node(2), Lease, Cancellation);
        var read = await fleet.A.ReadFleetAsync(Cancellation);

        Assert.False(first.IsCondemned);
        Assert.Equal(new NodeEntry(new(1, "a", started, 17, true), first.View.Run, true, false), Assert.Single(first.View.Nodes));
        Assert.Equal(first.View.Run, second.View.Run);
        Assert.Equal([1u, 2u], second.View.Nodes.Select(node => node.Incarnation).Order());
        Assert.Equal(second.View.Nodes.OrderBy(node => node.Incarnation), read.Nodes.OrderBy(node => node.Incarnation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Renew_LeaseThatRanOut_IsTakenAnew(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        await fleet.A.RenewAsync(Node(1), TimeSpan.FromMilliseconds(1), Cancellation);
        await UntilAsync(async () => !(await fleet.B.ReadFleetAsync(Cancellation)).Find(1)!.Value.HasLease, "the lease runs out");

        Assert.True((await fleet.A.RenewAsync(Node(1), Lease, Cancellation)).View.Find(1)!.Value.HasLease);
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Condemn_NodeWithALease_IsRefused(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = (await fleet.A.RenewAsync(Node(1), Lease, Cancellation)).View.Run;

        Assert.False(await fleet.B.TryCondemnAsync(run, 1, 2, Hold, Tombstone, Cancellation));
        Assert.False((await fleet.A.RenewAsync(Node(1), Lease, Cancellation)).IsCondemned);
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Condemn_DecidedInAnotherRun_IsRefused(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = await DieAsync(fleet, 1);

        Assert.False(await fleet.B.TryCondemnAsync(run + "x", 1, 2, Hold, Tombstone, Cancellation));
        Assert.False((await fleet.A.ReadFleetAsync(Cancellation)).Find(1)!.Value.IsCondemned);
        Assert.True(await fleet.B.TryCondemnAsync(run, 1, 2, Hold, Tombstone, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Condemn_DeadNode_GivesItToOneReaperAndNoLeaseAgain(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = await DieAsync(fleet, 1);

        var won = await Task.WhenAll(Enumerable.Range(2, 20).Select(async reaper =>
            await (reaper % 2 == 0 ? fleet.A : fleet.B).TryCondemnAsync(run, 1, (uint)reaper, Hold, Tombstone, Cancellation)));
        Assert.Single(won, true);
        var reaper = (uint)Array.IndexOf(won, true) + 2;

        var back = await fleet.A.RenewAsync(Node(1), Lease, Cancellation);
        Assert.True(back.IsCondemned);
        Assert.Equal((false, true), (back.View.Find(1)!.Value.HasLease, back.View.Find(1)!.Value.IsCondemned));
        Assert.True(await fleet.A.TryCondemnAsync(run, 1, reaper, Hold, Tombstone, Cancellation));
        Assert.True(await fleet.A.TryHoldAsync(1, reaper, Hold, Cancellation));
        Assert.False(await fleet.B.TryHoldAsync(1, 99, Hold, Cancellation));

        await fleet.B.ForgetAsync(1, 99, Cancellation);
        Assert.NotNull((await fleet.A.ReadFleetAsync(Cancellation)).Find(1));
        await fleet.A.ForgetAsync(1, reaper, Cancellation);
        Assert.Null((await fleet.B.ReadFleetAsync(Cancellation)).Find(1));

        Assert.True((await fleet.A.RenewAsync(Node(1), Lease, Cancellation)).IsCondemned);
        Assert.False(await fleet.B.TryCondemnAsync(run, 1, 98, Hold, Tombstone, Cancellation));
        Assert.False(await fleet.A.TryHoldAsync(1, reaper, Hold, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Remember_CondemnedNodes_NeverRenewAgainAndOthersAreKnown(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = await DieAsync(fleet, 1);
        Assert.True(await fleet.B.TryCondemnAsync(run, 1, 2, Hold, Tombstone, Cancellation));
        await fleet.A.RenewAsync(Node(3), Lease, Cancellation);

        await fleet.A.RenewAsync(Node(4), Lease, Cancellation);
        await fleet.A.ReleaseAsync(6, Tombstone, Cancellation);
        var four = (await fleet.A.ReadFleetAsync(Cancellation)).Find(4);

        await fleet.B.RememberAsync([1, 3, .. Enumerable.Range(100, 1_000).Select(static node => (uint)node)], [4, 5, 6], Tombstone, Cancellation);

        var view = await fleet.A.ReadFleetAsync(Cancellation);
        Assert.Equal(four, view.Find(4));
        Assert.Equal(("", false, false), (view.Find(5)!.Value.Run, view.Find(5)!.Value.HasLease, view.Find(5)!.Value.IsCondemned));
        Assert.Null(view.Find(6));

        Assert.True((await fleet.A.RenewAsync(Node(3), Lease, Cancellation)).IsCondemned);
        Assert.True((await fleet.A.RenewAsync(Node(1_099), Lease, Cancellation)).IsCondemned);
        Assert.False((await fleet.A.RenewAsync(Node(1_100), Lease, Cancellation)).IsCondemned);
        Assert.True(await fleet.B.TryHoldAsync(1, 2, Hold, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Condemn_ReaperThatDied_IsTakenOver(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = await DieAsync(fleet, 1);
        Assert.True(await fleet.A.TryCondemnAsync(run, 1, 2, TimeSpan.FromMilliseconds(1), Tombstone, Cancellation));

        await UntilAsync(async () => await fleet.B.TryCondemnAsync(run, 1, 3, Hold, Tombstone, Cancellation), "the hold runs out");

        Assert.False(await fleet.A.TryHoldAsync(1, 2, Hold, Cancellation));
        Assert.True(await fleet.B.TryHoldAsync(1, 3, Hold, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Release_EndsANodeForGood(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = (await fleet.A.RenewAsync(Node(1), Lease, Cancellation)).View.Run;
        await fleet.A.WriteRecordsAsync(1, [Record(1, "x")], [], Cancellation);

        await fleet.A.ReleaseAsync(1, Tombstone, Cancellation);

        Assert.Empty((await fleet.B.ReadFleetAsync(Cancellation)).Nodes);
        Assert.Empty(await fleet.B.ReadRecordIdsAsync(1, Cancellation));
        Assert.True((await fleet.A.RenewAsync(Node(1), Lease, Cancellation)).IsCondemned);
        Assert.False(await fleet.B.TryCondemnAsync(run, 1, 2, Hold, Tombstone, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Release_OfACondemnedNode_LeavesItsRecordsToTheReaper(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var run = await DieAsync(fleet, 1);
        await fleet.A.WriteRecordsAsync(1, [Record(1, "x")], [], Cancellation);
        Assert.True(await fleet.B.TryCondemnAsync(run, 1, 2, Hold, Tombstone, Cancellation));

        await fleet.A.ReleaseAsync(1, Tombstone, Cancellation);

        Assert.Single(await fleet.B.ReadRecordIdsAsync(1, Cancellation));
        Assert.True(await fleet.B.TryHoldAsync(1, 2, Hold, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Records_WrittenAndRemoved_AreReadBackAsTheyAre(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var records = Enumerable.Range(0, 1_000).Select(i => Record(7, $"client {i}")).ToArray();
        await fleet.A.WriteRecordsAsync(7, records, [], Cancellation);
        await fleet.A.WriteRecordsAsync(7, [records[0] with { Bytes = new byte[] { 0, 255, 13, 10 } }], [.. records[1..10].Select(record => record.Id)], Cancellation);
        await fleet.A.WriteRecordsAsync(7, [], [], Cancellation);

        var ids = await fleet.B.ReadRecordIdsAsync(7, Cancellation);
        Assert.Equal(records[10..].Append(records[0]).Select(record => record.Id).Order(), ids.Order());
        var read = await fleet.B.ReadRecordsAsync(7, [records[0].Id, records[5].Id, records[500].Id], Cancellation);
        Assert.Equal([records[0].Id, records[500].Id], read.Select(record => record.Id));
        Assert.Equal([0, 255, 13, 10], read[0].Bytes.ToArray());
        Assert.Equal(records[500].Bytes.ToArray(), read[1].Bytes.ToArray());
        Assert.Empty(await fleet.B.ReadRecordIdsAsync(8, Cancellation));
        Assert.Empty(await fleet.B.ReadRecordsAsync(7, [], Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Records_OfANodeThatIsNotKnown_MakeItKnown(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        await fleet.A.WriteRecordsAsync(7, [], [Record(7, "gone").Id], Cancellation);
        Assert.Empty((await fleet.B.ReadFleetAsync(Cancellation)).Nodes);

        await fleet.A.WriteRecordsAsync(7, [Record(7, "client")], [], Cancellation);
        var (announcement, run, hasLease, isCondemned) = Assert.Single((await fleet.B.ReadFleetAsync(Cancellation)).Nodes);
        Assert.Equal((7u, "", false, false), (announcement.Incarnation, run, hasLease, isCondemned));

        var announced = (await fleet.A.RenewAsync(Node(7), Lease, Cancellation)).View.Nodes;
        await fleet.A.WriteRecordsAsync(7, [Record(7, "client")], [], Cancellation);
        Assert.Equal(announced, (await fleet.B.ReadFleetAsync(Cancellation)).Nodes);
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Send_ToAListener_ArrivesOnceInOrder(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var received = Channel.CreateUnbounded<byte[]>();
        await fleet.B.ListenAsync(2, batch => received.Writer.TryWrite(batch.ToArray()), Cancellation);

        var sent = Enumerable.Range(0, 500).Select(i => RandomNumberGenerator.GetBytes(1 + (i * 37 % 5_000))).Append(RandomNumberGenerator.GetBytes(256 * 1024)).ToArray();
        foreach (var batch in sent)
        {
            Assert.Equal(SendResult.Unknown, await fleet.A.SendAsync(2, batch));
        }

        foreach (var batch in sent)
        {
            Assert.Equal(batch, await received.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Patience.Limit, Cancellation));
        }

        Assert.False(received.Reader.TryRead(out _));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Send_ToNobody_IsNotSentWhereRedisKnows(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var expected = topology == Topology.Cluster ? SendResult.Unknown : SendResult.NotSent;
        Assert.Equal(expected, await fleet.A.SendAsync(2, new byte[] { 1 }));

        await fleet.B.ListenAsync(2, static _ => { }, Cancellation);
        Assert.Equal(SendResult.Unknown, await fleet.A.SendAsync(2, new byte[] { 1 }));
        await fleet.B.StopListeningAsync(2);
        Assert.Equal(expected, await fleet.A.SendAsync(2, new byte[] { 1 }));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Receive_HandlerThatThrows_LosesOnlyThatBatch(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        var received = Channel.CreateUnbounded<byte>();
        await fleet.B.ListenAsync(
            2,
            batch =>
            {
                received.Writer.TryWrite(batch.Span[0]);
                throw new InvalidOperationException("a bug");
            },
            Cancellation);

        await fleet.A.SendAsync(2, new byte[] { 1 });
        await fleet.A.SendAsync(2, new byte[] { 2 });

        Assert.Equal(1, await received.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Patience.Limit, Cancellation));
        Assert.Equal(2, await received.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Patience.Limit, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Prefix_SetsFleetsApart(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        await using var other = await FleetAsync(topology);
        await fleet.A.RenewAsync(Node(1), Lease, Cancellation);
        await fleet.A.WriteRecordsAsync(1, [Record(1, "x")], [], Cancellation);
        var strays = 0;
        await other.B.ListenAsync(1, _ => strays++, Cancellation);

        Assert.Equal(topology == Topology.Cluster ? SendResult.Unknown : SendResult.NotSent, await fleet.A.SendAsync(1, new byte[] { 1 }));
        Assert.Empty((await other.A.ReadFleetAsync(Cancellation)).Nodes);
        Assert.Empty(await other.A.ReadRecordIdsAsync(1, Cancellation));
        Assert.NotEqual((await fleet.A.ReadFleetAsync(Cancellation)).Run, (await other.A.ReadFleetAsync(Cancellation)).Run);
        Assert.Equal(0, strays);
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public async Task Read_EntryOfALaterVersion_IsStillANode(Topology topology)
    {
        await using var fleet = await FleetAsync(topology);
        await fleet.A.RenewAsync(Node(1), Lease, Cancellation);
        await fleet.NodeA.Link.RunAsync(database => database.HashSetAsync(fleet.NodeA.Link.Keys.Nodes, "0000000a", "run of the future"), Cancellation);
        await fleet.NodeA.Link.RunAsync(database => database.HashSetAsync(fleet.NodeA.Link.Keys.Nodes, "junk", "x"), Cancellation);

        var view = await fleet.B.ReadFleetAsync(Cancellation);

        Assert.Equal([1u, 10u], view.Nodes.Select(node => node.Incarnation).Order());
        Assert.Equal("run", view.Find(10)!.Value.Run);
    }

    private static NodeAnnouncement Node(uint incarnation) => new(incarnation, $"node {incarnation}", DateTimeOffset.UnixEpoch, 0, false);

    private static StoredRecord Record(uint owner, string text) =>
        new(ConnectionId.Create(owner, RandomNumberGenerator.GetBytes(9)), System.Text.Encoding.UTF8.GetBytes(text));

    /// <returns>The run in which it died.</returns>
    private static async Task<string> DieAsync(Fleet fleet, uint incarnation)
    {
        var run = (await fleet.A.RenewAsync(Node(incarnation), TimeSpan.FromMilliseconds(1), Cancellation)).View.Run;
        await UntilAsync(async () => !(await fleet.B.ReadFleetAsync(Cancellation)).Find(incarnation)!.Value.HasLease, "the lease runs out");
        return run;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience.Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited until {what}.");
            await Task.Yield();
        }
    }

    private async Task<Fleet> FleetAsync(Topology topology)
    {
        var (connection, prefix) = ((await deployments.GetAsync(topology)).ConnectionString, RedisNode.NewPrefix());
        return new(await RedisNode.ConnectAsync(connection, prefix), await RedisNode.ConnectAsync(connection, prefix));
    }

    private sealed class Fleet(RedisNode a, RedisNode b) : IAsyncDisposable
    {
        public RedisNode NodeA => a;

        public IBackplane A => a.Backplane;

        public IBackplane B => b.Backplane;

        public async ValueTask DisposeAsync()
        {
            await a.DisposeAsync();
            await b.DisposeAsync();
        }
    }
}
