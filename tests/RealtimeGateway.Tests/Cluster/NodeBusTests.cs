using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Tests.Diagnostics;

namespace RealtimeGateway.Tests.Cluster;

public sealed class NodeBusTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeWire _wire = new();
    private readonly BusNode _a;
    private readonly BusNode _b;

    public NodeBusTests()
    {
        _a = BusNode.Started(0xA, _wire, _time);
        _b = BusNode.Started(0xB, _wire, _time);
        _a.Meet(_b);
        _wire.Sent.Clear();
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public async Task Post_ToAnotherNode_IsQueuedThereAndAnswered()
    {
        var (id, transport) = _b.Open();
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "hello"));
        Assert.Equal(["text:hello"], transport.Sent);
        Assert.Equal([0xBu, 0xAu], _wire.Sent.Select(static batch => batch.Target));
    }

    [Fact]
    public async Task Calls_OfEachKind_AnswerWhatTheOwnerFound()
    {
        var (id, transport) = _b.Open();
        var shown = await _a.Bus.DescribeAsync(Call(CallKind.Get, id));
        Assert.Equal(DeliveryOutcome.Done, shown.Outcome);
        Assert.Equal(("192.0.2.1", "test/1 \u00e9", _time.GetUtcNow()), (shown.Description!.Value.SourceIp, shown.Description.Value.UserAgent, shown.Description.Value.ConnectedAt));

        // Another API's connection is gone to its callers.
        Assert.Equal(DeliveryOutcome.Gone, await _a.Bus.AskAsync(Call(CallKind.Post, id) with { ApiId = ApiId.Parse("other") }));
        Assert.Equal(DeliveryOutcome.Done, await _a.Bus.AskAsync(Call(CallKind.Delete, id)));
        Assert.Equal(["close:1000"], transport.Sent);
        Assert.Equal(DeliveryOutcome.Gone, await _a.Bus.AskAsync(Call(CallKind.Delete, id)));
        Assert.Equal(DeliveryOutcome.Gone, await _a.PostAsync(id, "x"));
        Assert.Equal(new RemoteAnswer(DeliveryOutcome.Gone), await _a.Bus.DescribeAsync(Call(CallKind.Get, id)));
    }

    [Fact]
    public async Task Post_ToAFullQueue_IsRefusedAsFull()
    {
        var (id, transport) = _b.Open(new StageLimits { PingInterval = TimeSpan.Zero, MaxQueuedMessages = 1 });
        transport.Hold();
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "written"));
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "queued"));
        Assert.Equal(DeliveryOutcome.Full, await _a.PostAsync(id, "over"));
    }

    [Fact]
    public async Task Posts_DuringASend_GoTogetherWithTheNext_AtMost256()
    {
        var (id, transport) = _b.Open();
        var first = new TaskCompletionSource<SendResult>();
        _wire.OnSend = batch => batch.Target == 0xB && !first.Task.IsCompleted
            ? new ValueTask<SendResult>(DeliverAfterAsync(first.Task, batch))
            : ValueTask.FromResult(_wire.Deliver(batch));
        var posts = Enumerable.Range(0, 401).Select(i => _a.PostAsync(id, i.ToString(CultureInfo.InvariantCulture))).ToArray();
        Assert.Single(_wire.Sent);
        first.SetResult(SendResult.Unknown);
        Assert.All(await Task.WhenAll(posts), static outcome => Assert.Equal(DeliveryOutcome.Done, outcome));
        Assert.Equal([1, 256, 144], _wire.Sent.Where(static batch => batch.Target == 0xB).Select(CountRequests));
        Assert.Equal(Enumerable.Range(0, 401).Select(static i => $"text:{i}"), transport.Sent);

        // The answers go back in one batch for each.
        Assert.Equal(3, _wire.Sent.Count(static batch => batch.Target == 0xA));
    }

    [Fact]
    public void Posts_WhereManyCome_GoWithThoseOfTheSameTurn_AndAloneAtOnce()
    {
        var (id, _) = _b.Open();
        var before = SynchronizationContext.Current;
        var turns = new TurnContext();
        try
        {
            SynchronizationContext.SetSynchronizationContext(turns);
            Post(1);
            Assert.Equal([1], Batches());
            turns.Run();

            // When the first comes nothing tells of the others.
            var first = new TaskCompletionSource<SendResult>();
            _wire.OnSend = batch => batch.Target == 0xB && !first.Task.IsCompleted
                ? new ValueTask<SendResult>(DeliverAfterAsync(first.Task, batch))
                : ValueTask.FromResult(_wire.Deliver(batch));
            Post(3);
            first.SetResult(SendResult.Unknown);
            turns.Run();
            Assert.Equal([1, 1, 2], Batches());

            Post(3);
            Assert.Equal([1, 1, 2], Batches());
            turns.Run();
            Assert.Equal([1, 1, 2, 3], Batches());

            // Who is alone has waited for a turn; the next one does not.
            Post(1);
            turns.Run();
            Assert.Equal([1, 1, 2, 3, 1], Batches());
            Post(1);
            Assert.Equal([1, 1, 2, 3, 1, 1], Batches());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        void Post(int count)
        {
            for (; count > 0; count--)
            {
                _ = _a.PostAsync(id, "x");
            }
        }

        IEnumerable<int> Batches() => _wire.Sent.Where(static batch => batch.Target == 0xB).Select(CountRequests);
    }

    [Fact]
    public async Task Posts_OfManyBytes_AreSplitAt256KilobytesABatch()
    {
        var (id, _) = _b.Open();
        var first = new TaskCompletionSource<SendResult>();
        _wire.OnSend = batch => batch.Target == 0xB && !first.Task.IsCompleted
            ? new ValueTask<SendResult>(DeliverAfterAsync(first.Task, batch))
            : ValueTask.FromResult(_wire.Deliver(batch));
        int[] sizes = [100_000, 100_000, 100_000, 100_000, 100_000, 100_000, 300_000];
        var posts = sizes.Select(size => _a.PostAsync(id, new byte[size])).ToArray();
        first.SetResult(SendResult.Unknown);
        Assert.All(await Task.WhenAll(posts), static outcome => Assert.Equal(DeliveryOutcome.Done, outcome));
        Assert.Equal([1, 2, 2, 1, 1], _wire.Sent.Where(static batch => batch.Target == 0xB).Select(CountRequests));
    }

    [Fact]
    public async Task Post_WhoseBatchIsLost_IsSentOnceMoreAfterASecond()
    {
        var (id, transport) = _b.Open();
        Lose(static _ => true);
        var post = _a.PostAsync(id, "x");
        Pass(900);
        Assert.Single(_wire.Sent);
        _wire.OnSend = null;
        Pass(100);
        Assert.Equal(DeliveryOutcome.Done, await post);
        Assert.Equal(["text:x"], transport.Sent);
    }

    [Fact]
    public async Task Post_WhoseAnswerIsLost_IsNotDoneTwice()
    {
        var (id, transport) = _b.Open();
        Lose(static batch => batch.Target == 0xA);
        var post = _a.PostAsync(id, "x");
        Assert.Equal(["text:x"], transport.Sent);
        _wire.OnSend = null;
        Pass(1_000);
        Assert.Equal(DeliveryOutcome.Done, await post);
        Assert.Equal(["text:x"], transport.Sent);
        Assert.Equal(2, _wire.Sent.Count(static batch => batch.Target == 0xB));
    }

    [Fact]
    public async Task Delete_WhoseAnswerIsLost_IsStillDone()
    {
        var (id, _) = _b.Open();
        Lose(static batch => batch.Target == 0xA);
        var delete = _a.Bus.AskAsync(Call(CallKind.Delete, id)).AsTask();
        _wire.OnSend = null;
        Pass(1_000);
        Assert.Equal(DeliveryOutcome.Done, await delete);
    }

    [Fact]
    public async Task Post_NeverAnswered_IsUnknownWithinThreeSeconds_AndSentTwice()
    {
        var (id, _) = _b.Open();
        Lose(static _ => true);
        var post = _a.PostAsync(id, "x");
        Pass(2_800);
        Assert.False(post.IsCompleted);
        Pass(100);
        Assert.Equal(DeliveryOutcome.Unknown, await post);
        Pass(5_000);
        Assert.Equal(2, _wire.Sent.Count(static batch => CountRequests(batch) == 1));
    }

    [Fact]
    public async Task Post_ThatWasNeverGivenToTheBackplane_IsUnreachable()
    {
        var (id, _) = _b.Open();
        _wire.OnSend = static _ => new ValueTask<SendResult>(new TaskCompletionSource<SendResult>().Task);
        var sent = _a.PostAsync(id, "sent");
        var queued = _a.PostAsync(id, "queued");
        Pass(2_900);
        Assert.Equal(DeliveryOutcome.Unknown, await sent);
        Assert.Equal(DeliveryOutcome.Unreachable, await queued);
    }

    [Fact]
    public async Task Post_NotSent_IsUnreachableAtOnce_ButNotWhatWasSentBefore()
    {
        var (id, _) = _b.Open();
        Lose(static _ => true);
        var before = _a.PostAsync(id, "before");
        Pass(900);
        _wire.OnSend = static _ => ValueTask.FromResult(SendResult.NotSent);
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(id, "x"));
        Pass(100);
        Assert.False(before.IsCompleted);
        Pass(1_900);
        Assert.Equal(DeliveryOutcome.Unknown, await before);
    }

    [Fact]
    public async Task Post_ToANodeThatNobodyListensFor_IsUnreachableAtOnce() =>
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(ConnectionId.Create(0xDEAD, new byte[9]), "x"));

    [Fact]
    public async Task Post_ThatArrivesThreeSecondsLate_IsNotDone()
    {
        var (id, transport) = _b.Open();
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "first"));
        SentBatch? held = null;
        _wire.OnSend = batch =>
        {
            held = batch;
            return ValueTask.FromResult(SendResult.Unknown);
        };
        _ = _a.PostAsync(id, "late");
        var late = held!;
        _time.Advance(TimeSpan.FromMilliseconds(3_001));
        _wire.OnSend = null;
        var answers = _wire.Sent.Count;
        _wire.Deliver(late);
        Assert.Equal(["text:first"], transport.Sent);

        // It is told, and a copy gets the same answer.
        Assert.Equal(answers + 1, _wire.Sent.Count);
        _wire.Deliver(late);
        Assert.Equal(answers + 2, _wire.Sent.Count);
        Assert.Equal(["text:first"], transport.Sent);
    }

    /// <summary>The sender's machine was suspended for ten seconds, and its clock with it.</summary>
    [Fact]
    public async Task Post_OfANodeWhoseClockStoodStill_IsDoneAtOnce()
    {
        var itsTime = new FakeTimeProvider();
        using var sleeper = BusNode.Started(0xC, _wire, itsTime);
        var (id, transport) = _b.Open();
        Assert.Equal(DeliveryOutcome.Done, await sleeper.PostAsync(id, "before"));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(DeliveryOutcome.Done, await sleeper.PostAsync(id, "after"));
        Assert.Equal(DeliveryOutcome.Done, await sleeper.PostAsync(id, "later"));
        Assert.Equal(["text:before", "text:after", "text:later"], transport.Sent);

        // What has waited is late all the same.
        itsTime.Advance(TimeSpan.FromSeconds(1));
        SentBatch? held = null;
        _wire.OnSend = batch =>
        {
            held ??= batch;
            return ValueTask.FromResult(SendResult.Unknown);
        };
        _ = sleeper.PostAsync(id, "late");
        itsTime.Advance(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        _wire.OnSend = null;
        _wire.Deliver(held!);
        Assert.Equal(3, transport.Sent.Count);
    }

    [Fact]
    public async Task Post_ThatArrivesLateByItsSendersWaitingAlone_IsNotDone()
    {
        var (id, transport) = _b.Open();
        var call = Call(CallKind.Post, id);
        _time.Advance(TimeSpan.FromMilliseconds(3_001));
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.Bus.AskAsync(call));
        Assert.Empty(transport.Sent);
        Assert.Equal(DeliveryOutcome.Done, await _a.Bus.AskAsync(call with { StartedAt = _a.Bus.Clock.Now - 3_000 }));
    }

    [Fact]
    public async Task Circuit_AfterFiveMisses_RefusesAtOnce_ProbesTwiceASecond_AndClosesWithAnAnswer()
    {
        var (id, _) = _b.Open();
        using var metrics = new MeterCollector(_a.Meters);
        Lose(static _ => true);
        var posts = new List<Task<DeliveryOutcome>>();
        for (var i = 0; i < 5; i++)
        {
            posts.Add(_a.PostAsync(id, "x"));
            Pass(100);
        }

        Pass(800);
        // Four have waited for a second.
        var another = _a.PostAsync(id, "y");
        Assert.False(another.IsCompleted);
        Pass(100);
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(id, "z"));
        Assert.Equal(1, metrics.Sum("realtimegateway.bus.circuits"));
        Pass(3_000);
        Assert.All(await Task.WhenAll(posts), static outcome => Assert.Equal(DeliveryOutcome.Unknown, outcome));

        var before = _wire.Sent.Count;
        Pass(2_000);
        Assert.Equal(before + 4, _wire.Sent.Count);
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(id, "z"));
        _wire.OnSend = null;
        Pass(500);
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "again"));
    }

    [Fact]
    public async Task Circuit_OneLostBatchOfMany_IsOneMiss()
    {
        var (id, _) = _b.Open();
        Lose(static batch => batch.Target == 0xA);
        var posts = Enumerable.Range(0, 50).Select(_ => _a.PostAsync(id, "x")).ToArray();
        _wire.OnSend = null;
        Pass(1_000);
        Assert.All(await Task.WhenAll(posts), static outcome => Assert.Equal(DeliveryOutcome.Done, outcome));
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "y"));
    }

    [Fact]
    public async Task Posts_Over4096Unanswered_AreUnreachableAtOnce()
    {
        var (id, _) = _b.Open();
        Lose(static _ => true);
        var posts = Enumerable.Range(0, 4_096).Select(_ => _a.PostAsync(id, "x")).ToArray();
        Assert.DoesNotContain(posts, static post => post.IsCompleted);
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(id, "x"));
        Pass(2_900);
        Assert.All(await Task.WhenAll(posts), static outcome => Assert.Equal(DeliveryOutcome.Unknown, outcome));
    }

    [Fact]
    public async Task Posts_Over8MegabytesUnanswered_AreUnreachableAtOnce()
    {
        var (id, _) = _b.Open();
        Lose(static _ => true);
        var posts = Enumerable.Range(0, 8).Select(_ => _a.PostAsync(id, new byte[1024 * 1024])).ToArray();
        Assert.DoesNotContain(posts, static post => post.IsCompleted);
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(id, new byte[1]));
        Pass(2_900);
        await Task.WhenAll(posts);

        // What was given up no longer counts.
        _wire.OnSend = null;
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "x"));
    }

    [Fact]
    public async Task FencedNode_RenewsBeforeItAnswers()
    {
        var (id, transport) = _b.Open();
        _b.Membership.IsFenced = true;
        var payload = "waits"u8.ToArray();
        var posts = new[] { _a.PostAsync(id, payload), _a.PostAsync(id, "too") };
        Assert.Equal(1, _b.Membership.RenewalsAskedFor);
        Assert.Empty(transport.Sent);
        // Copies of what waits do not wait a second time.
        Pass(1_000);
        _b.Membership.Renewed(true);
        Assert.All(await Task.WhenAll(posts), static outcome => Assert.Equal(DeliveryOutcome.Done, outcome));
        Assert.Equal(["text:waits", "text:too"], transport.Sent);
    }

    [Fact]
    public async Task FencedNode_ThatCannotRenew_DoesNothing()
    {
        var (id, transport) = _b.Open();
        _b.Membership.IsFenced = true;
        var post = _a.PostAsync(id, "x");
        _b.Membership.Renewed(false);
        Assert.Equal(DeliveryOutcome.Unreachable, await post);
        Assert.Empty(transport.Sent);
    }

    [Fact]
    public async Task FencedNode_ThatRenewsTooLate_DoesNothing()
    {
        var (id, transport) = _b.Open();
        _b.Membership.IsFenced = true;
        var post = _a.PostAsync(id, "x");
        _time.Advance(TimeSpan.FromMilliseconds(3_001));
        _b.Membership.Renewed(true);
        Assert.Equal(DeliveryOutcome.Unreachable, await post);
        Assert.Empty(transport.Sent);
    }

    [Fact]
    public async Task Request_ForAConnectionOfAnotherNode_IsNeverAnsweredGone()
    {
        var foreign = ConnectionId.Create(0xC, new byte[9]);
        // As if C's channel led to B.
        _wire.OnSend = batch => ValueTask.FromResult(_wire.Deliver(batch.Target == 0xC ? batch with { Target = 0xB } : batch));
        var post = _a.PostAsync(foreign, "x");
        Pass(2_900);
        Assert.Equal(DeliveryOutcome.Unknown, await post);
        Assert.Equal(ReplyOutcome.Refused, RepliesOf(_wire.Sent.First(static batch => batch.Target == 0xA))[0].Outcome);
    }

    [Fact]
    public async Task NewIncarnation_IsListenedToAtTheNextSweep_AndWhatWasAskedIsGivenUp()
    {
        var (id, _) = _b.Open();
        Lose(static _ => true);
        var post = _a.PostAsync(id, "x");
        _a.Membership.Condemn(0xA2);
        Pass(100);
        Assert.Equal(DeliveryOutcome.Unknown, await post);
        Assert.Equal([0xBu, 0xA2u], _wire.Listeners.Order());
        _wire.OnSend = null;
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "y"));
    }

    [Fact]
    public async Task Condemned_AnswersGoneForItsFormerConnections()
    {
        var (id, _) = _b.Open();
        Assert.True(_b.Table.TryGet(id, out var connection));
        connection.Cut(CloseReason.Shutdown);
        _b.Membership.Condemn(0xB2);
        Assert.Equal(DeliveryOutcome.Gone, await _a.PostAsync(id, "x"));
    }

    [Fact]
    public async Task Listen_BackplaneAway_IsTriedAgain_AndUntilThenNothingIsSent()
    {
        var wire = new FakeWire { ListenFailure = new BackplaneException("away") };
        using var node = BusNode.Started(0xC, wire, _time);
        Assert.False(node.Bus.IsListening);
        Assert.Equal(DeliveryOutcome.Unreachable, await node.PostAsync(ConnectionId.Create(0xB, new byte[9]), "x"));
        wire.ListenFailure = null;
        _time.Advance(TimeSpan.FromMilliseconds(400));
        node.Bus.SweepOnce();
        Assert.False(node.Bus.IsListening);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        node.Bus.SweepOnce();
        Assert.True(node.Bus.IsListening);
        Assert.Empty(wire.Sent);
    }

    [Fact]
    public async Task Started_GreetsANewNodeInThreeViews_ThenEveryThirtySeconds()
    {
        var wire = new FakeWire { OnSend = static _ => ValueTask.FromResult(SendResult.Unknown) };
        using var node = new BusNode(0xC, wire, _time);
        await node.Bus.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            node.Membership.See(0xA, 0xC);
        }

        Assert.Equal([0xAu, 0xAu, 0xAu], wire.Sent.Select(static batch => batch.Target));
        Assert.All(wire.Sent, static batch => Assert.Equal(0, CountRequests(batch)));
        await node.Bus.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(wire.Listeners);
        Assert.False(node.Bus.IsListening);
    }

    [Fact]
    public async Task Stopped_GivesUpWhatIsUnderWay()
    {
        var (id, _) = _b.Open();
        Lose(static _ => true);
        var post = _a.PostAsync(id, "x");
        await _a.Bus.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Unknown, await post);
        Assert.Equal(DeliveryOutcome.Unreachable, await _a.PostAsync(id, "x"));
    }

    [Fact]
    public void Receive_OtherVersionMalformedOrOwn_IsIgnoredAndCounted()
    {
        using var metrics = new MeterCollector(_a.Meters);
        _a.Bus.Receive(new byte[] { 0x92, 2, 0 });
        _a.Bus.Receive(default);
        _a.Bus.Receive(new byte[] { 0xC1 });
        using var own = new PooledBufferWriter();
        var writer = new EnvelopeWriter(own, new EnvelopeHead(0xA, 0));
        writer.WriteCount(0);
        writer.WriteCount(0);
        writer.Finish(null);
        _a.Bus.Receive(own.WrittenMemory);
        Assert.Equal(1, metrics.Sum("realtimegateway.bus.ignored", "reason=version"));
        Assert.Equal(2, metrics.Sum("realtimegateway.bus.ignored", "reason=malformed"));
        Assert.Equal(1, metrics.Sum("realtimegateway.bus.ignored", "reason=stranger"));
    }

    [Fact]
    public async Task Receive_MutilatedBatches_NeverThrowsAndGoesOnServing()
    {
        var (id, _) = _b.Open();
        var key = new DeliveryKey(7);
        Assert.Equal(DeliveryOutcome.Done, await _a.PostAsync(id, "seed", key));
        await _a.Bus.DescribeAsync(Call(CallKind.Get, id));
        var seeds = _wire.Sent.ToArray();
        Assert.Equal(4, seeds.Length);
        var random = new Random(20_261_123);
        for (var i = 0; i < 20_000; i++)
        {
            var seed = seeds[random.Next(seeds.Length)];
            var bytes = seed.Bytes.AsSpan(0, random.Next(3) == 0 ? random.Next(seed.Bytes.Length) : seed.Bytes.Length).ToArray();
            for (var flips = random.Next(1, 5); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            (seed.Target == 0xA ? _a : _b).Bus.Receive(bytes);
        }

        _wire.Sent.Clear();
        // Times from the fuzzed heads may make real ones seem late; a node that was never heard of is not concerned.
        using var c = BusNode.Started(0xC, _wire, _time);
        _b.Membership.See(0xC);
        var (other, transport) = _b.Open();
        Assert.Equal(DeliveryOutcome.Done, await c.PostAsync(other, "after"));
        Assert.Equal(["text:after"], transport.Sent);
    }

    private static int CountRequests(SentBatch batch)
    {
        var reader = new EnvelopeReader(batch.Bytes);
        Assert.True(reader.TryReadHead(out _, out _));
        Assert.True(reader.TryReadCount(out var count));
        return count;
    }

    private static List<ReplyFrame> RepliesOf(SentBatch batch)
    {
        var reader = new EnvelopeReader(batch.Bytes);
        Assert.True(reader.TryReadHead(out _, out _));
        Assert.True(reader.TryReadCount(out var count));
        Assert.Equal(0, count);
        Assert.True(reader.TryReadCount(out count));
        var replies = new List<ReplyFrame>();
        for (; count > 0; count--)
        {
            Assert.True(reader.TryReadReply(out var reply));
            replies.Add(reply);
        }

        return replies;
    }

    private RemoteCall Call(CallKind kind, ConnectionId id) => new(kind, id, BusNode.Api, _a.Bus.Clock.Now);

    private void Lose(Predicate<SentBatch> isLost) =>
        _wire.OnSend = batch => ValueTask.FromResult(isLost(batch) ? SendResult.Unknown : _wire.Deliver(batch));

    private async Task<SendResult> DeliverAfterAsync(Task signal, SentBatch batch)
    {
        await signal;
        return _wire.Deliver(batch);
    }

    /// <summary>Lets time pass in steps of the sweep.</summary>
    private void Pass(int milliseconds)
    {
        for (; milliseconds > 0; milliseconds -= 100)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _a.Bus.SweepOnce();
            _b.Bus.SweepOnce();
        }
    }
}
