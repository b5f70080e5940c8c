using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class FanOutTests : IDisposable
{
    private static readonly StageLimits OneQueued = new() { PingInterval = TimeSpan.Zero, MaxQueuedMessages = 1 };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeWire _wire = new();
    private readonly BusNode _a;
    private readonly BusNode _b;

    public FanOutTests()
    {
        _a = BusNode.Started(0xA, _wire, _time);
        _b = BusNode.Started(0xB, _wire, _time);
        _a.Membership.Standings[0xB] = NodeStanding.Alive;
        _a.Meet(_b);
        _wire.Sent.Clear();
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public async Task Post_ToThisNode_TellsOfEach_AndNobodyElseIsAsked()
    {
        var (open, openTransport) = _a.Open();
        var (full, fullTransport) = _a.Open(OneQueued);
        fullTransport.Hold();
        Assert.Equal([DeliveryOutcome.Done, DeliveryOutcome.Done], await PostAsync([full, full], "x"));
        var gone = ConnectionId.Create(0xA, new byte[9]);

        Assert.Equal([DeliveryOutcome.Gone, DeliveryOutcome.Done, DeliveryOutcome.Full, DeliveryOutcome.Done], await PostAsync([gone, open, full, open], "y"));
        Assert.Equal(["text:y", "text:y"], openTransport.Sent);
        Assert.Equal(1, openTransport.Encodings);
        Assert.Empty(_wire.Sent);
        Assert.Equal([DeliveryOutcome.Gone], await PostAsync([open], "z", api: ApiId.Parse("other")));
        Assert.Empty(await PostAsync([], "nobody"));
    }

    [Fact]
    public async Task Post_ToMany_GivesTheThreadToOthersInBetween()
    {
        var clients = Enumerable.Range(0, 200).Select(_ => _a.Open()).ToArray();
        // Every look at the clock takes a millisecond: the turn is over.
        _time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(1);
        var outcomes = new DeliveryOutcome[clients.Length];
        var posting = _a.FanOut.PostAsync(Posts([.. clients.Select(static client => client.Id)], "x"), outcomes, TestContext.Current.CancellationToken);
        Assert.Equal(["text:x"], clients[0].Transport.Sent);
        await posting;
        Assert.All(outcomes, static outcome => Assert.Equal(DeliveryOutcome.Done, outcome));
        Assert.All(clients, static client => Assert.Equal(["text:x"], client.Transport.Sent));
    }

    [Fact]
    public async Task Post_ToAnotherNode_GoesInRequestsOf256_WithTheMessageOnceInEach()
    {
        var clients = Enumerable.Range(0, 600).Select(i => (IsRemote: i % 4 != 0, Client: i % 4 != 0 ? _b.Open(i % 7 == 0 ? OneQueued : null) : _a.Open())).ToArray();
        var text = new string('x', 10_000);
        var outcomes = await PostAsync([.. clients.Select(static client => client.Client.Id)], text);
        Assert.All(outcomes, static outcome => Assert.Equal(DeliveryOutcome.Done, outcome));
        Assert.All(clients, client => Assert.Equal([$"text:{text}"], client.Client.Transport.Sent));
        // 450 of the 600.
        var batches = _wire.Sent.Where(static batch => batch.Target == 0xB).ToArray();
        Assert.InRange(batches.Sum(static batch => batch.Bytes.Length), (2 * 10_000) + (450 * ConnectionId.Size), (2 * 10_000) + (450 * ConnectionId.Size) + 1_000);
    }

    [Fact]
    public async Task Post_ToAnotherNode_TellsOfEach()
    {
        var (open, transport) = _b.Open();
        var (full, fullTransport) = _b.Open(OneQueued);
        fullTransport.Hold();
        await PostAsync([full, full], "x");
        var gone = ConnectionId.Create(0xB, new byte[9]);
        Assert.Equal([DeliveryOutcome.Full, DeliveryOutcome.Gone, DeliveryOutcome.Done], await PostAsync([full, gone, open], "y", isBinary: true));
        Assert.Equal(["binary:y"], transport.Sent);
        Assert.Equal([DeliveryOutcome.Gone], await PostAsync([open], "z", api: ApiId.Parse("other")));
    }

    [Theory]
    [InlineData(NodeStanding.Dead, DeliveryOutcome.Gone)]
    [InlineData(NodeStanding.Unknown, DeliveryOutcome.Unreachable)]
    internal async Task Post_ToANodeThatIsNotThere_IsAnsweredByWhatIsKnownOfIt(NodeStanding standing, DeliveryOutcome expected)
    {
        var (here, _) = _a.Open();
        _a.Membership.Resolve = _ => ValueTask.FromResult(standing);
        Assert.Equal([expected, DeliveryOutcome.Done], await PostAsync([ConnectionId.Create(0xC, new byte[9]), here], "x"));
    }

    [Fact]
    public async Task Post_ThatReachesNobody_IsUnreachable_AndTheRestIsNotTried()
    {
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.NotSent);
        var outcomes = await PostAsync([.. Enumerable.Range(0, 2_000).Select(static i => ConnectionId.Create(0xB, [1, 1, 1, 1, 1, 1, 1, (byte)(i >> 8), (byte)i]))], "x");
        Assert.All(outcomes, static outcome => Assert.Equal(DeliveryOutcome.Unreachable, outcome));
        Assert.InRange(_wire.Sent.Count, 1, BusLimits.TargetsInFlight);
    }

    [Fact]
    public async Task Post_ThatIsNotAnswered_IsUnknownAsFarAsItWasSent_WithinThreeSeconds()
    {
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.Unknown);
        var posting = PostAsync([.. Enumerable.Range(0, 2_000).Select(static i => ConnectionId.Create(0xB, [1, 1, 1, 1, 1, 1, 1, (byte)(i >> 8), (byte)i]))], "x");
        for (var i = 0; i < 30 && !posting.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _a.Bus.SweepOnce();
        }

        var outcomes = await posting;
        var asked = BusLimits.TargetsInFlight * BusLimits.MaxTargets;
        Assert.All(outcomes[..asked], static outcome => Assert.Equal(DeliveryOutcome.Unknown, outcome));
        Assert.All(outcomes[asked..], static outcome => Assert.Equal(DeliveryOutcome.Unreachable, outcome));
    }

    [Fact]
    public async Task Post_WhoseAnswerIsLost_IsAnsweredBySecondRequest_AndDoneOnce()
    {
        var (open, transport) = _b.Open();
        var gone = ConnectionId.Create(0xB, new byte[9]);
        var isLost = true;
        _wire.OnSend = batch => ValueTask.FromResult(batch.Target == 0xA && isLost ? SendResult.Unknown : _wire.Deliver(batch));
        var posting = PostAsync([gone, open], "once");
        Assert.Equal(["text:once"], transport.Sent);
        isLost = false;
        _time.Advance(TimeSpan.FromMilliseconds(BusLimits.ResendAfter));
        _a.Bus.SweepOnce();
        Assert.Equal([DeliveryOutcome.Gone, DeliveryOutcome.Done], await posting);
        Assert.Equal(["text:once"], transport.Sent);
    }

    [Fact]
    public async Task Post_ThatComesTooLate_IsNotDone()
    {
        var (open, transport) = _b.Open();
        await PostAsync([open], "shows the shortest way");
        SentBatch? held = null;
        _wire.OnSend = batch =>
        {
            held ??= batch;
            return ValueTask.FromResult(SendResult.Unknown);
        };
        var posting = PostAsync([open], "late");
        _time.Advance(TimeSpan.FromMilliseconds(BusLimits.LateAfter + 1));
        _a.Bus.SweepOnce();
        _wire.OnSend = null;
        _wire.Deliver(held!);
        Assert.Equal([DeliveryOutcome.Unknown], await posting);
        Assert.Equal(["text:shows the shortest way"], transport.Sent);
    }

    /// <summary>A fenced node keeps a copy of what it cannot do before it has renewed its lease.</summary>
    [Fact]
    public async Task Post_ToAFencedNode_WaitsForItsLease()
    {
        var (open, transport) = _b.Open();
        _b.Membership.IsFenced = true;
        // The batch's memory is used again.
        _wire.OnSend = batch =>
        {
            var result = _wire.Deliver(batch);
            batch.Bytes.AsSpan().Clear();
            return ValueTask.FromResult(result);
        };
        var posting = PostAsync([open, ConnectionId.Create(0xB, new byte[9])], "kept", name: new DeliveryName("k", IsGivenBySdk: false));
        Assert.Empty(transport.Sent);
        _b.Membership.Renewed(true);
        Assert.Equal([DeliveryOutcome.Done, DeliveryOutcome.Gone], await posting);
        Assert.Equal(["text:kept"], transport.Sent);
    }

    /// <summary>Each request counts against the bound of what waits for its node, ids and keys included, until it is answered and no longer.</summary>
    [Fact]
    public async Task Post_Again_AndAgain_LeavesNothingBehindThatWouldFillTheBound()
    {
        // Something that waits: the bound is not looked at where nothing does.
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.Unknown);
        var waiting = _a.PostAsync(ConnectionId.Create(0xB, new byte[9]), "x");
        _wire.OnSend = null;

        var ids = Enumerable.Repeat(ConnectionId.Create(0xB, new byte[9]), BusLimits.MaxTargets).ToArray();
        var rounds = 1 + (BusLimits.MaxPendingBytes / (BusLimits.MaxTargets * ConnectionId.Size));
        for (var i = 0; i < rounds; i++)
        {
            Assert.All(await PostAsync(ids, "x"), static outcome => Assert.Equal(DeliveryOutcome.Gone, outcome));
            _wire.Sent.Clear();
        }

        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Repeat_ByName_IsSentOnceToEach_WhereverItCameFrom_AndAlsoAfterASinglePost()
    {
        var (here, hereTransport) = _a.Open();
        var (there, thereTransport) = _b.Open();
        var name = new DeliveryName("order-1", IsGivenBySdk: false);
        var key = name.KeyFor(there, "x"u8, isBinary: false);
        Assert.Equal(DeliveryOutcome.Done, await _b.Router.PostAsync(there, BusNode.Api, "x"u8.ToArray(), isBinary: false, key, CancellationToken.None));
        Assert.Equal([DeliveryOutcome.Done, DeliveryOutcome.Repeated], await PostAsync([here, there], "x", name: name));
        Assert.Equal([DeliveryOutcome.Repeated, DeliveryOutcome.Repeated], await PostAsync([here, there], "x", name: name));

        Assert.Equal(["text:x"], hereTransport.Sent);
        Assert.Equal(["text:x"], thereTransport.Sent);
        await PostAsync([here, there], "another", name: name);
        Assert.Equal(["text:x", "text:another"], thereTransport.Sent);
    }

    private async Task<DeliveryOutcome[]> PostAsync(ConnectionId[] ids, string text, ApiId? api = null, bool isBinary = false, DeliveryName name = default)
    {
        var outcomes = new DeliveryOutcome[ids.Length];
        await _a.FanOut.PostAsync(Posts(ids, text) with { ApiId = api ?? BusNode.Api, IsBinary = isBinary, Name = name }, outcomes, TestContext.Current.CancellationToken);
        return outcomes;
    }

    private static ManyPosts Posts(ConnectionId[] ids, string text) =>
        new(ids, BusNode.Api, System.Text.Encoding.UTF8.GetBytes(text), IsBinary: false, Name: default);
}
