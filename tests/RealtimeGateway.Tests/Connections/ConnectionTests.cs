using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

public sealed class ConnectionTests
{
    private static readonly StageLimits Quiet = new() { PingInterval = TimeSpan.Zero };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeTransport _transport = new();
    private readonly OutboundBudget _budget = new(10_000);

    [Fact]
    public void TrySend_WhenIdle_WritesAndFlushesAtOnce()
    {
        var connection = Open();
        Assert.Equal(SendOutcome.Queued, Send(connection, "a"));
        Assert.Equal(SendOutcome.Queued, connection.TrySend("b"u8, isBinary: true));
        Assert.Equal(["text:a", "binary:b"], _transport.Sent);
        Assert.Equal(0, connection.QueuedMessages);
    }

    [Fact]
    public void TrySend_BeforeTheHandshakeIsAnswered_WaitsForIt()
    {
        var connection = Make(Quiet);
        Assert.Equal(SendOutcome.Queued, Send(connection, "early"));
        Assert.Equal(SendOutcome.Queued, Send(connection, "bird"));
        Assert.Empty(_transport.Buffered);
        connection.TransportReady();
        Assert.Equal(["text:early", "text:bird"], _transport.Sent);
        Assert.Equal(1, _transport.Flushes);
    }

    [Fact]
    public void Close_BeforeTheHandshakeIsAnswered_IsSaidAfterIt()
    {
        var connection = Make(Quiet);
        Send(connection, "early");
        Assert.True(connection.Close(CloseReason.Shutdown));
        Assert.Equal(SendOutcome.Gone, Send(connection, "late"));
        connection.TransportReady();
        Assert.Equal(["text:early", "close:1001"], _transport.Sent);
    }

    [Fact]
    public void TrySend_DuringAFlush_QueuesAndGoesOutWithTheNext()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "1");
        Send(connection, "2");
        Send(connection, "3");
        Assert.Equal(2, connection.QueuedMessages);
        Assert.Equal(2, _budget.UsedBytes);
        _transport.Release();
        Assert.Equal(["text:1", "text:2", "text:3"], _transport.Sent);
        Assert.Equal(2, _transport.Flushes);
        Assert.Equal(0, _budget.UsedBytes);
    }

    [Fact]
    public void TrySend_BeyondTheMessageBound_IsFullAndQueuesNothing()
    {
        var connection = Open(Quiet with { MaxQueuedMessages = 2 });
        _transport.Hold();
        Send(connection, "out");
        Assert.Equal(SendOutcome.Queued, Send(connection, "1"));
        Assert.Equal(SendOutcome.Queued, Send(connection, "2"));
        Assert.Equal(SendOutcome.Full, Send(connection, "3"));
        Assert.Equal(2, connection.QueuedMessages);
        _transport.Release();
        Assert.Equal(SendOutcome.Queued, Send(connection, "4"));
        Assert.Equal(["text:out", "text:1", "text:2", "text:4"], _transport.Sent);
    }

    [Fact]
    public void TrySend_BeyondTheByteBound_IsFull_ThoughASmallerOneStillFits()
    {
        var connection = Open(Quiet with { MaxQueuedBytes = 10 });
        _transport.Hold();
        Send(connection, "out");
        Assert.Equal(SendOutcome.Queued, Send(connection, "1234567"));
        Assert.Equal(SendOutcome.Full, Send(connection, "4444"));
        Assert.Equal(SendOutcome.Queued, Send(connection, "333"));
        Assert.Equal(SendOutcome.Full, Send(connection, "1"));
    }

    [Fact]
    public void TrySend_WhenTheNodesBudgetIsSpent_IsFull()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "out");
        Assert.True(_budget.TryTake(9_999));
        Assert.Equal(SendOutcome.Queued, Send(connection, "1"));
        Assert.Equal(SendOutcome.Full, Send(connection, "2"));
        _budget.Return(9_999);
        Assert.Equal(SendOutcome.Queued, Send(connection, "3"));
    }

    [Fact]
    public void TrySend_WithBoundsOff_TakesWhatTheBudgetAllows()
    {
        var connection = Open(Quiet with { MaxQueuedBytes = 0, MaxQueuedMessages = 0 });
        _transport.Hold();
        Send(connection, "out");
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(SendOutcome.Queued, Send(connection, "0123456789"));
        }

        Assert.Equal(SendOutcome.Full, Send(connection, "x"));
    }

    [Fact]
    public void Batch_FlushesOnceForAll()
    {
        var connection = Open();
        connection.BeginBatch();
        Send(connection, "1");
        connection.SendPong("p"u8);
        Send(connection, "2");
        Assert.Empty(_transport.Sent);
        connection.EndBatch();
        Assert.Equal(["text:1", "pong:p", "text:2"], _transport.Sent);
        Assert.Equal(1, _transport.Flushes);
    }

    [Fact]
    public void Batch_FlushesAnEmptyMessage()
    {
        var connection = Open();
        connection.BeginBatch();
        Send(connection, "");
        connection.EndBatch();
        Assert.Equal(["text:"], _transport.Sent);
    }

    [Fact]
    public void Batch_FlushesAnEmptyPong()
    {
        var connection = Open();
        connection.BeginBatch();
        connection.SendPong([]);
        connection.EndBatch();
        Assert.Equal(["pong:"], _transport.Sent);
    }

    [Fact]
    public void Batch_WithNothingInIt_FlushesNothing()
    {
        var connection = Open();
        connection.BeginBatch();
        connection.EndBatch();
        Assert.Equal(0, _transport.Flushes);
        Send(connection, "after");
        Assert.Equal(["text:after"], _transport.Sent);
    }

    [Fact]
    public void Batch_ThatGrows_IsFlushedBeforeItsEnd()
    {
        var connection = Open();
        connection.BeginBatch();
        var big = new string('x', 40_000);
        Send(connection, big);
        Assert.Empty(_transport.Sent);
        Send(connection, big);
        Assert.Equal(2, _transport.Sent.Count);
        Send(connection, "after");
        connection.EndBatch();
        Assert.Equal(3, _transport.Sent.Count);
    }

    [Fact]
    public void Batch_DuringAFlush_IsNone_AndNothingIsLost()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "out");
        connection.BeginBatch();
        Send(connection, "queued");
        connection.EndBatch();
        Assert.Equal(1, connection.QueuedMessages);
        _transport.Release();
        Assert.Equal(["text:out", "text:queued"], _transport.Sent);
    }

    [Fact]
    public void Close_DuringABatch_SendsWhatWasBatchedFirst()
    {
        var connection = Open();
        connection.BeginBatch();
        Send(connection, "1");
        Assert.True(connection.Close(CloseReason.ProtocolError));
        connection.EndBatch();
        Assert.Equal(["text:1", "close:1002"], _transport.Sent);
    }

    [Fact]
    public void SendPong_DuringAFlush_KeepsOnlyTheLatest()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "out");
        connection.SendPong("1"u8);
        connection.SendPong("2"u8);
        Send(connection, "queued");
        _transport.Release();
        Assert.Equal(["text:out", "pong:2", "text:queued"], _transport.Sent);
    }

    [Fact]
    public void Close_SendsTheQueueThenTheReason_AndTakesNoMore()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "out");
        Send(connection, "queued");
        Assert.True(connection.Close(CloseReason.Deleted));
        Assert.False(connection.IsOpen);
        Assert.Equal(SendOutcome.Gone, Send(connection, "late"));
        connection.SendPong("late"u8);
        _transport.Release();
        Assert.Equal(["text:out", "text:queued", "close:1000"], _transport.Sent);
        Assert.Equal(CloseReason.Deleted, connection.Reason);
    }

    [Fact]
    public void Close_Again_DoesNothing_AndTheFirstReasonStands()
    {
        var connection = Open();
        Assert.True(connection.Close(CloseReason.MessageTooBig));
        Assert.False(connection.Close(CloseReason.GoingAway));
        connection.PeerClosed(new CloseReason(4000, "mine"));
        connection.TransportEnded();
        connection.Cut(CloseReason.PingTimeout);
        Assert.Equal(["close:1009"], _transport.Sent);
        Assert.Equal(CloseReason.MessageTooBig, connection.Reason);
        Assert.Equal(0, _transport.Aborts);
    }

    [Fact]
    public void PeerClosed_DropsTheQueue_AndAnswers()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "out");
        Send(connection, "never");
        connection.PeerClosed(new CloseReason(4000, "mine"));
        Assert.Equal(0, _budget.UsedBytes);
        _transport.Release();
        Assert.Equal(["text:out", "close:4000"], _transport.Sent);
        Assert.Equal(new CloseReason(4000, "mine"), connection.Reason);
    }

    [Fact]
    public void TransportEnded_WithoutAReason_IsAbnormal_AndGivesTheMemoryBack()
    {
        var connection = Open();
        _transport.Hold();
        Send(connection, "out");
        Send(connection, "never");
        connection.TransportEnded();
        Assert.Equal(CloseReason.Abnormal, connection.Reason);
        Assert.Equal(SendOutcome.Gone, Send(connection, "late"));
        Assert.False(connection.Close(CloseReason.Deleted));
        Assert.Equal(0, _budget.UsedBytes);
        Assert.Equal(0, connection.QueuedMessages);
        _transport.Release();
        Assert.Equal(["text:out"], _transport.Sent);
    }

    [Fact]
    public void Cut_AbortsWithoutACloseFrame()
    {
        var connection = Open();
        connection.Cut(CloseReason.PingTimeout);
        connection.Cut(CloseReason.Shutdown);
        Assert.Empty(_transport.Sent);
        Assert.Equal(1, _transport.Aborts);
        Assert.Equal(CloseReason.PingTimeout, connection.Reason);
    }

    [Fact]
    public async Task WaitForWriter_CompletesWhenTheLastFlushDoes()
    {
        var connection = Open();
        Assert.True(connection.WaitForWriterAsync().IsCompleted);
        _transport.Hold();
        Send(connection, "out");
        connection.PeerClosed(CloseReason.NoStatus);
        var waiting = connection.WaitForWriterAsync();
        Assert.Same(waiting, connection.WaitForWriterAsync());
        Assert.False(waiting.IsCompleted);
        _transport.Release(keepHolding: true);
        Assert.False(waiting.IsCompleted);
        _transport.Release();
        await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(["text:out", "close:1005"], _transport.Sent);
    }

    public static TheoryData<string> Failures => ["throws", "throws a socket's", "fails later", "fails later by the socket", "is gone", "is gone later"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Writer_ThatFails_EndsTheConnectionAsAbnormal(string how)
    {
        var connection = Open();
        if (how.StartsWith("throws", StringComparison.Ordinal))
        {
            _transport.Failure = how == "throws" ? new InvalidOperationException("The request has ended.") : new SocketException((int)SocketError.TimedOut);
        }
        else if (how == "is gone")
        {
            _transport.IsGone = true;
        }
        else
        {
            _transport.Hold();
        }

        Send(connection, "out");
        if (how.Contains("later", StringComparison.Ordinal))
        {
            Send(connection, "queued");
            _transport.IsGone = how == "is gone later";
            if (_transport.IsGone)
            {
                _transport.Release();
            }
            else
            {
                _transport.Fail(how == "fails later" ? new IOException("reset") : new SocketException((int)SocketError.TimedOut));
            }
        }

        Assert.False(connection.IsOpen);
        Assert.Equal(CloseReason.Abnormal, connection.Reason);
        Assert.Equal(SendOutcome.Gone, Send(connection, "late"));
        Assert.Equal(1, _transport.Aborts);
        Assert.Equal(0, _budget.UsedBytes);
        await connection.WaitForWriterAsync().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Sweep_AfterWriteTimeout_ClosesAndAborts()
    {
        var connection = Open(Quiet with { WriteTimeout = TimeSpan.FromSeconds(10) });
        _transport.Hold();
        Send(connection, "out");
        Pass(connection, TimeSpan.FromSeconds(9.9));
        Assert.True(connection.IsOpen);
        Pass(connection, TimeSpan.FromSeconds(0.1));
        Assert.Equal(CloseReason.SlowConsumer, connection.Reason);
        Assert.Equal(1, _transport.Aborts);
    }

    [Fact]
    public void Sweep_CountsEachFlushByItself()
    {
        var connection = Open(Quiet with { WriteTimeout = TimeSpan.FromSeconds(10), SlowConsumerTimeout = TimeSpan.Zero });
        _transport.Hold();
        Send(connection, "out");
        for (var i = 0; i < 10; i++)
        {
            Send(connection, "more");
            Pass(connection, TimeSpan.FromSeconds(9));
            _transport.Release(keepHolding: true);
        }

        Assert.True(connection.IsOpen);
    }

    [Fact]
    public void Sweep_WhenHalfFullForTooLong_Closes()
    {
        var connection = Open(Quiet with { WriteTimeout = TimeSpan.Zero, MaxQueuedMessages = 4 });
        _transport.Hold();
        Send(connection, "out");
        Send(connection, "1");
        Send(connection, "2");
        Pass(connection, TimeSpan.FromSeconds(60));
        Assert.True(connection.IsOpen);
        Send(connection, "3");
        Pass(connection, TimeSpan.FromSeconds(29));
        Assert.True(connection.IsOpen);
        Pass(connection, TimeSpan.FromSeconds(1));
        Assert.Equal(CloseReason.SlowConsumer, connection.Reason);
    }

    [Fact]
    public void Sweep_WhenTheQueueDrainsMeanwhile_StartsAnew()
    {
        var connection = Open(Quiet with { WriteTimeout = TimeSpan.Zero, MaxQueuedMessages = 2, IdleTimeout = TimeSpan.Zero });
        _transport.Hold();
        Send(connection, "out");
        Send(connection, "1");
        Send(connection, "2");
        Pass(connection, TimeSpan.FromSeconds(29));
        _transport.Release(keepHolding: true);
        Send(connection, "3");
        Send(connection, "4");
        Pass(connection, TimeSpan.FromSeconds(29));
        Assert.True(connection.IsOpen);
        Pass(connection, TimeSpan.FromSeconds(1));
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public void Sweep_AfterCloseTimeout_EndsAClientThatDoesNotAnswer_AndCutsItInTheEnd()
    {
        var connection = Open();
        connection.Close(CloseReason.Deleted);
        Pass(connection, TimeSpan.FromSeconds(4.9));
        Assert.Equal((0, 0), (_transport.Ends, _transport.Aborts));
        Pass(connection, TimeSpan.FromSeconds(0.1));
        Assert.Equal((1, 0), (_transport.Ends, _transport.Aborts));
        Pass(connection, TimeSpan.FromSeconds(5));
        Assert.Equal((1, 1), (_transport.Ends, _transport.Aborts));
        Assert.Equal(CloseReason.Deleted, connection.Reason);
    }

    [Fact]
    public void Sweep_PingsOnce_UntilTheClientIsHeard()
    {
        var connection = Open(new StageLimits());
        Pass(connection, TimeSpan.FromSeconds(30));
        Pass(connection, TimeSpan.FromSeconds(10));
        Assert.Equal(["ping"], _transport.Sent);
        connection.Heard();
        Pass(connection, TimeSpan.FromSeconds(29));
        Assert.Equal(["ping"], _transport.Sent);
        Pass(connection, TimeSpan.FromSeconds(1));
        Assert.Equal(["ping", "ping"], _transport.Sent);
        Pass(connection, TimeSpan.FromSeconds(20));
        Assert.Equal(CloseReason.PingTimeout, connection.Reason);
        Assert.Equal(1, _transport.Aborts);
    }

    [Fact]
    public void Sweep_Pings_AlsoDuringABatch()
    {
        var connection = Open(new StageLimits());
        connection.BeginBatch();
        Pass(connection, TimeSpan.FromSeconds(30));
        Send(connection, "answer");
        connection.EndBatch();
        Assert.Equal(["text:answer", "ping"], _transport.Sent);
    }

    [Fact]
    public void Sweep_PingsNobody_WhileTheReaderIsPaused()
    {
        var connection = Open(new StageLimits());
        connection.IsReadPaused = true;
        Pass(connection, TimeSpan.FromSeconds(500));
        Assert.Empty(_transport.Sent);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public void Sweep_AtTheEndOfLife_Closes_ThoughActive()
    {
        var connection = Open();
        for (var i = 0; i < 119; i++)
        {
            Pass(connection, TimeSpan.FromMinutes(1));
            connection.Heard();
            connection.Active();
        }

        Assert.True(connection.IsOpen);
        Pass(connection, TimeSpan.FromMinutes(1));
        Assert.Equal(CloseReason.GoingAway, connection.Reason);
    }

    [Fact]
    public void LastActiveAt_MovesOnMessagesInEitherDirection()
    {
        var connection = Open();
        var start = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(5));
        connection.Heard();
        Assert.Equal(start, connection.LastActiveAt);
        connection.Active();
        Assert.Equal(start.AddSeconds(5), connection.LastActiveAt);
        _time.Advance(TimeSpan.FromSeconds(5));
        Send(connection, "x");
        Assert.Equal(start.AddSeconds(10), connection.LastActiveAt);
    }

    /// <summary>Many send at once, while the transport is now free, now busy: each sender's messages keep their order, and one writer works at a time.</summary>
    [Fact]
    public async Task TrySend_FromManyThreads_KeepsEachSendersOrder_AndLosesNothing()
    {
        var budget = new OutboundBudget(long.MaxValue);
        var connection = new Connection(
            ConnectionId.Create(1, new byte[9]), Identity(), _transport, Quiet with { MaxQueuedMessages = 0, MaxQueuedBytes = 0 }, budget, _time);
        connection.TransportReady();
        const int Senders = 4;
        const int Each = 5_000;
        var done = false;
        var breathing = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref done))
                {
                    _transport.Hold();
                    Thread.Yield();
                    _transport.Release();
                }
            },
            TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var n = 0; n < Each; n++)
            {
                if (n % 10 == 0)
                {
                    connection.SendPong("p"u8);
                }

                Assert.Equal(SendOutcome.Queued, Send(connection, $"{sender} {n}"));
            }
        })));
        Volatile.Write(ref done, true);
        await breathing;
        // Nothing is held any more, but what was may still be on its way to the pool.
        _ = connection.Close(CloseReason.GoingAway);
        await connection.WaitForWriterAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var next = new int[Senders];
        foreach (var text in _transport.Sent.Where(sent => sent.StartsWith("text:", StringComparison.Ordinal)))
        {
            var parts = text[5..].Split(' ');
            Assert.Equal(next[int.Parse(parts[0], CultureInfo.InvariantCulture)]++, int.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        Assert.All(next, count => Assert.Equal(Each, count));
        Assert.False(_transport.WasEnteredTwice);
        Assert.Equal(0, budget.UsedBytes);
    }

    private static SendOutcome Send(Connection connection, string text) => connection.TrySend(Encoding.UTF8.GetBytes(text), isBinary: false);

    private static ClientIdentity Identity() => new()
    {
        ApiId = ApiId.Parse("chat"),
        StageName = "prod",
        DomainName = "localhost",
        SourceIp = "127.0.0.1",
        ConnectedAt = new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero),
    };

    private Connection Make(StageLimits limits) => new(ConnectionId.Create(1, new byte[9]), Identity(), _transport, limits, _budget, _time);

    private Connection Open(StageLimits? limits = null)
    {
        var connection = Make(limits ?? Quiet);
        connection.TransportReady();
        return connection;
    }

    private void Pass(Connection connection, TimeSpan time)
    {
        _time.Advance(time);
        connection.Sweep(_time.GetTimestamp());
    }
}
