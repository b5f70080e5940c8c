using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Tests.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class DeliveryLogTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeTransport _transport = new();
    private readonly DeliveryLog _log;

    public DeliveryLogTests() => _log = new DeliveryLog(_time);

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(79)]
    [InlineData(120)]
    public void SendOnce_RepeatWithin120Seconds_IsNotSent(int seconds)
    {
        var connection = Open();
        // In the middle of a generation, and at its end.
        _time.Advance(TimeSpan.FromSeconds(seconds % 40));
        Assert.Equal(SendOutcome.Queued, _log.SendOnce(Key(1), connection, "a"u8, isBinary: false));
        for (var passed = 0; passed < seconds; passed += 20)
        {
            _time.Advance(TimeSpan.FromSeconds(Math.Min(20, seconds - passed)));
            Assert.Equal(passed == 0 ? SendOutcome.Queued : SendOutcome.Repeated, _log.SendOnce(Key(2), connection, "b"u8, isBinary: false));
        }

        Assert.Equal(SendOutcome.Repeated, _log.SendOnce(Key(1), connection, "a"u8, isBinary: false));
        Assert.Equal(seconds == 0 ? ["text:a"] : ["text:a", "text:b"], _transport.Sent);
    }

    [Fact]
    public void SendOnce_After160Seconds_IsForgotten()
    {
        var connection = Open();
        _log.SendOnce(Key(1), connection, "a"u8, isBinary: false);
        _time.Advance(TimeSpan.FromSeconds(160));
        _log.SendOnce(Key(1), connection, "a"u8, isBinary: false);
        Assert.Equal(["text:a", "text:a"], _transport.Sent);
        Assert.Equal(1, _log.Count);
    }

    [Fact]
    public void Prune_AfterABurstAndSilence_GivesMemoryBack()
    {
        var connection = Open(new StageLimits { MaxQueuedMessages = 0, MaxQueuedBytes = 0 });
        for (var i = 1; i <= 20_000; i++)
        {
            _log.SendOnce(Key(i), connection, "x"u8, isBinary: false);
        }

        _time.Advance(TimeSpan.FromSeconds(119));
        _log.Prune();
        Assert.Equal(20_000, _log.Count);
        Assert.InRange(_log.Places, 40_000, int.MaxValue);
        for (var passed = 0; passed < 90; passed++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _log.Prune();
        }

        Assert.Equal((0, 0), (_log.Count, _log.Places));
    }

    [Fact]
    public void SendOnce_Refused_MayBeTriedAgain()
    {
        var connection = Open(new StageLimits { MaxQueuedMessages = 1 });
        _transport.Hold();
        _log.SendOnce(Key(1), connection, "written"u8, isBinary: false);
        _log.SendOnce(Key(2), connection, "queued"u8, isBinary: false);
        Assert.Equal(SendOutcome.Full, _log.SendOnce(Key(3), connection, "over"u8, isBinary: false));
        _transport.Release();
        Assert.Equal(SendOutcome.Queued, _log.SendOnce(Key(3), connection, "over"u8, isBinary: false));
        Assert.Equal(["text:written", "text:queued", "text:over"], _transport.Sent);
    }

    [Fact]
    public async Task SendOnce_ParallelRepeats_SendEachMessageOnce()
    {
        var connection = Open(new StageLimits { MaxQueuedMessages = 0, MaxQueuedBytes = 0 });
        const int Keys = 2_000;
        using var start = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Keys; i++)
                {
                    _log.SendOnce(Key(i), connection, "x"u8, isBinary: false);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Equal(Keys, _transport.Sent.Count);
        Assert.Equal(Keys, _log.Count);
    }

    [Fact]
    public void SendOnce_MoreThanAGenerationHolds_ForgetsTheOldestAndStaysBounded()
    {
        var connection = Open();
        // One shard: the first bits are the same.
        for (ulong i = 1; i <= 5 * DeliveryLog.MaxPerGeneration; i++)
        {
            _log.SendOnce(new DeliveryKey(i * 2_654_435_761), connection, "x"u8, isBinary: false);
        }

        Assert.Equal(4 * DeliveryLog.MaxPerGeneration, _log.Count);
        var sent = _transport.Sent.Count;
        _log.SendOnce(new DeliveryKey((2 * DeliveryLog.MaxPerGeneration + 1) * 2_654_435_761UL), connection, "x"u8, isBinary: false);
        Assert.Equal(sent, _transport.Sent.Count);
        _log.SendOnce(new DeliveryKey(2_654_435_761), connection, "x"u8, isBinary: false);
        Assert.Equal(sent + 1, _transport.Sent.Count);
    }

    [Fact]
    public void Key_OfTheSame_IsTheSame_AndOfAnythingElse_Another()
    {
        var id = ConnectionId.Create(1, new byte[9]);
        var key = DeliveryKey.Of(id, "name", isGivenBySdk: false, "body"u8, isBinary: false);
        Assert.Equal(key, DeliveryKey.Of(id, "name", isGivenBySdk: false, "body"u8, isBinary: false));
        DeliveryKey[] others =
        [
            DeliveryKey.Of(ConnectionId.Create(2, new byte[9]), "name", isGivenBySdk: false, "body"u8, isBinary: false),
            DeliveryKey.Of(id, "nam", isGivenBySdk: false, "ebody"u8, isBinary: false),
            DeliveryKey.Of(id, "name", isGivenBySdk: true, "body"u8, isBinary: false),
            DeliveryKey.Of(id, "name", isGivenBySdk: false, "Body"u8, isBinary: false),
            DeliveryKey.Of(id, "name", isGivenBySdk: false, "body"u8, isBinary: true),
        ];
        Assert.Equal(others.Length + 1, others.Append(key).Distinct().Count());
    }

    private static DeliveryKey Key(int number) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(BitConverter.GetBytes(number))));

    private Connection Open(StageLimits? limits = null)
    {
        var client = new ClientIdentity { ApiId = BusNode.Api, StageName = "prod", DomainName = "", SourceIp = "", ConnectedAt = default };
        var connection = new Connection(
            ConnectionId.Create(1, new byte[9]), client, _transport, limits ?? new StageLimits(), new OutboundBudget(1_000_000), _time);
        connection.TransportReady();
        return connection;
    }
}
