using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

/// <summary>One message for many connections, as each of them treats it.</summary>
public sealed class SharedMessageTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 9, 25, 0, 0, 0, TimeSpan.Zero));
    private readonly OutboundBudget _budget = new(20);

    [Fact]
    public void TrySend_ToSeveral_EncodesOnce()
    {
        var (first, firstTransport) = Open();
        var (second, secondTransport) = Open();
        var message = new SharedMessage("hello"u8.ToArray(), isBinary: true);
        Assert.Equal(SendOutcome.Queued, first.TrySend(message));
        Assert.Equal(SendOutcome.Queued, second.TrySend(message));
        Assert.Equal(["binary:hello"], firstTransport.Sent);
        Assert.Equal(["binary:hello"], secondTransport.Sent);
        Assert.Equal((1, 0), (firstTransport.Encodings, secondTransport.Encodings));
    }

    /// <summary>"text:hello" has 10 bytes, which fit into the node's budget twice.</summary>
    [Fact]
    public void TrySend_ToSeveralThatAreBehind_CountsAgainstTheNodeOnce_UntilTheLastHasIt()
    {
        var behind = Enumerable.Range(0, 5).Select(_ => OpenBehind()).ToArray();
        var payload = "hello"u8.ToArray();
        var message = new SharedMessage(payload, isBinary: false);
        Assert.All(behind, client => Assert.Equal(SendOutcome.Queued, client.Connection.TrySend(message)));
        // The caller's memory is its own again.
        payload.AsSpan().Clear();
        Assert.Equal(10, _budget.UsedBytes);
        Assert.All(behind, static client => Assert.Equal(1, client.Connection.QueuedMessages));

        foreach (var client in behind[1..])
        {
            client.Transport.Release();
            Assert.Equal(["text:first", "text:hello"], client.Transport.Sent);
        }

        Assert.Equal(10, _budget.UsedBytes);
        behind[0].Connection.TransportEnded();
        Assert.Equal(0, _budget.UsedBytes);
    }

    [Fact]
    public void TrySend_BetweenOthers_KeepsTheirOrder()
    {
        var (connection, transport) = OpenBehind();
        connection.TrySend("1"u8, isBinary: false);
        connection.TrySend(new SharedMessage("2"u8.ToArray(), isBinary: false));
        connection.TrySend("3"u8, isBinary: true);
        transport.Release();
        Assert.Equal(["text:first", "text:1", "text:2", "binary:3"], transport.Sent);
    }

    [Fact]
    public void TrySend_BeyondABound_IsFull_AndHoldsNothing()
    {
        var (narrow, _) = OpenBehind(new StageLimits { PingInterval = TimeSpan.Zero, MaxQueuedBytes = 9 });
        var (wide, _) = OpenBehind();
        var message = new SharedMessage("hello"u8.ToArray(), isBinary: false);
        Assert.Equal(SendOutcome.Full, narrow.TrySend(message));
        Assert.Equal(0, _budget.UsedBytes);
        Assert.Equal(SendOutcome.Queued, wide.TrySend(message));
        Assert.Equal(SendOutcome.Full, wide.TrySend(new SharedMessage("hello, world"u8.ToArray(), isBinary: false)));
        Assert.Equal(10, _budget.UsedBytes);
        wide.Close(CloseReason.Deleted);
        Assert.Equal(SendOutcome.Gone, wide.TrySend(message));
    }

    private (Connection Connection, FakeTransport Transport) OpenBehind(StageLimits? limits = null)
    {
        var (connection, transport) = Open(limits);
        transport.Hold();
        connection.TrySend("first"u8, isBinary: false);
        return (connection, transport);
    }

    private (Connection Connection, FakeTransport Transport) Open(StageLimits? limits = null)
    {
        var transport = new FakeTransport();
        var client = new ClientIdentity
        {
            ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "localhost", SourceIp = "192.0.2.1", UserAgent = null, ConnectedAt = _time.GetUtcNow(),
        };
        var connection = new Connection(
            ConnectionId.Create(1, new byte[9]), client, transport, limits ?? new StageLimits { PingInterval = TimeSpan.Zero }, _budget, _time);
        connection.TransportReady();
        return (connection, transport);
    }
}
