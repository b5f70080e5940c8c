using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;
using RealtimeGateway.Tests.Budgets;

namespace RealtimeGateway.Tests.Cluster;

public sealed class ConnectionRouterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeWire _wire = new();
    private readonly BusNode _a;
    private readonly BusNode _b;

    public ConnectionRouterTests()
    {
        _a = BusNode.Started(0xA, _wire, _time);
        _b = BusNode.Started(0xB, _wire, _time);
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public void Post_ToThisNode_IsDoneAtOnceAndWithoutAllocations()
    {
        var (id, transport) = _a.Open();
        var post = Post(id);
        Assert.True(post.IsCompletedSuccessfully);
        Assert.Equal(["text:x"], transport.Sent);
        Assert.Empty(_wire.Sent);

        // A connection that has ended costs what the way to it costs, without the transport of these tests.
        var gone = ConnectionId.Create(0xA, new byte[9]);
        Assert.Equal(0, AllocationProbe.BytesPerCall(() =>
        {
            var key = DeliveryKey.Of(gone, "name", isGivenBySdk: true, "x"u8, isBinary: false);
            var posted = _a.Router.PostAsync(gone, BusNode.Api, default, isBinary: false, key, CancellationToken.None);
            Assert.True(posted.IsCompletedSuccessfully);
            var described = _a.Router.GetAsync(id, BusNode.Api, CancellationToken.None);
            Assert.True(described.IsCompletedSuccessfully);
        }));
    }

    [Fact]
    public async Task Calls_ToANodeThatIsAlive_GoByTheBus()
    {
        var (id, transport) = _b.Open();
        _a.Membership.Standings[0xB] = NodeStanding.Alive;
        Assert.Equal(DeliveryOutcome.Done, await Post(id));
        Assert.Equal("192.0.2.1", (await _a.Router.GetAsync(id, BusNode.Api, CancellationToken.None)).Description?.SourceIp);
        Assert.Equal(DeliveryOutcome.Done, await _a.Router.DeleteAsync(id, BusNode.Api, CancellationToken.None));
        Assert.Equal(["text:x", "close:1000"], transport.Sent);
    }

    [Fact]
    public async Task Repeat_ThroughAnotherNode_IsSentOnce()
    {
        var (id, transport) = _b.Open();
        _a.Membership.Standings[0xB] = NodeStanding.Alive;
        var key = new DeliveryKey(99);
        Assert.Equal(DeliveryOutcome.Done, await _b.Router.PostAsync(id, BusNode.Api, "x"u8.ToArray(), isBinary: false, key, CancellationToken.None));
        Assert.Equal(DeliveryOutcome.Repeated, await _a.Router.PostAsync(id, BusNode.Api, "x"u8.ToArray(), isBinary: false, key, CancellationToken.None));
        Assert.Equal(["text:x"], transport.Sent);
    }

    [Fact]
    public async Task Repeat_AfterTheConnectionEnded_IsGone()
    {
        var (id, _) = _a.Open();
        var key = new DeliveryKey(99);
        Assert.Equal(DeliveryOutcome.Done, await _a.Router.PostAsync(id, BusNode.Api, "x"u8.ToArray(), isBinary: false, key, CancellationToken.None));
        Assert.Equal(DeliveryOutcome.Done, await _a.Router.DeleteAsync(id, BusNode.Api, CancellationToken.None));
        Assert.Equal(DeliveryOutcome.Gone, await _a.Router.PostAsync(id, BusNode.Api, "x"u8.ToArray(), isBinary: false, key, CancellationToken.None));
    }

    [Fact]
    public async Task Post_ToADeadNode_IsGone_AndNobodyIsAsked()
    {
        _a.Membership.Standings[0xB] = NodeStanding.Dead;
        Assert.Equal(DeliveryOutcome.Gone, await Post(Of(0xB)));
        Assert.Empty(_wire.Sent);
        Assert.Equal(0, _a.Membership.Resolved);
    }

    [Fact]
    public async Task Post_ToAFormerIncarnationOfThisProcess_IsGone()
    {
        var (id, _) = _a.Open();
        _a.Membership.Condemn(0xA2);
        Assert.Equal(DeliveryOutcome.Gone, await Post(id));
        Assert.Empty(_wire.Sent);
    }

    [Fact]
    public async Task Post_ToAnUnknownNode_GoesByWhatTheFleetSaysOfIt()
    {
        var (id, _) = _b.Open();
        _a.Membership.Resolve = static _ => ValueTask.FromResult(NodeStanding.Alive);
        Assert.Equal(DeliveryOutcome.Done, await Post(id));
        _a.Membership.Resolve = static _ => ValueTask.FromResult(NodeStanding.Dead);
        Assert.Equal(DeliveryOutcome.Gone, await Post(id));
        _a.Membership.Resolve = static _ => ValueTask.FromResult(NodeStanding.Unknown);
        var sent = _wire.Sent.Count;
        Assert.Equal(DeliveryOutcome.Unreachable, await Post(id));
        Assert.Equal(DeliveryOutcome.Unreachable, (await _a.Router.GetAsync(id, BusNode.Api, CancellationToken.None)).Outcome);
        Assert.Equal(sent, _wire.Sent.Count);
    }

    [Fact]
    public async Task Post_ToAKnownNodeWithoutALease_TriesTheBus()
    {
        var (id, _) = _b.Open();
        _a.Membership.See([new NodeEntry(new(0xB, "", default, 0, false), "run", HasLease: false, IsCondemned: false)]);
        Assert.Equal(DeliveryOutcome.Done, await Post(id));
        Assert.Equal(0, _a.Membership.Resolved);
    }

    [Fact]
    public async Task Post_WhileTheBackplaneHangs_IsUnreachableAfterASecond()
    {
        _a.Membership.Resolve = static _ => new ValueTask<NodeStanding>(new TaskCompletionSource<NodeStanding>().Task);
        var post = Post(Of(0xB)).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(post.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(DeliveryOutcome.Unreachable, await post);
    }

    [Fact]
    public async Task LoneNode_OthersConnections_AreGone()
    {
        var alone = new LoneNode(new IdSource());
        var router = new ConnectionRouter(_a.Local, alone, bus: null, _time);
        Assert.Equal(
            DeliveryOutcome.Gone,
            await router.PostAsync(Of(alone.Incarnation ^ 1), BusNode.Api, default, isBinary: false, default, CancellationToken.None));
        Assert.Equal(DeliveryOutcome.Gone, await router.DeleteAsync(Of(alone.Incarnation), BusNode.Api, CancellationToken.None));
    }

    private static ConnectionId Of(uint incarnation) => ConnectionId.Create(incarnation, new byte[9]);

    private ValueTask<DeliveryOutcome> Post(ConnectionId id) =>
        _a.Router.PostAsync(id, BusNode.Api, "x"u8.ToArray(), isBinary: false, default, CancellationToken.None);
}
