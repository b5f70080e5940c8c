using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

public sealed class ConnectionTableTests
{
    [Fact]
    public void Table_FindsWhatItHolds_AndCountsOnce()
    {
        var table = new ConnectionTable();
        var first = Make(1);
        var second = Make(2);
        table.Add(first);
        table.Add(second);
        Assert.Equal(2, table.Count);
        Assert.True(table.TryGet(first.Id, out var found));
        Assert.Same(first, found);
        table.Remove(first);
        table.Remove(first);
        Assert.Equal(1, table.Count);
        Assert.False(table.TryGet(first.Id, out _));
    }

    /// <summary>Another connection under the same id cannot be taken out by the first one's end.</summary>
    [Fact]
    public void Table_RefusesAnIdTwice_AndRemovesOnlyTheOneGiven()
    {
        var table = new ConnectionTable();
        var first = Make(1);
        table.Add(first);
        Assert.Throws<InvalidOperationException>(() => table.Add(Make(1)));
        table.Remove(Make(1));
        Assert.Equal(1, table.Count);
    }

    private static Connection Make(byte last) => new(
        ConnectionId.Create(1, [0, 0, 0, 0, 0, 0, 0, 0, last]),
        new ClientIdentity
        {
            ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "d", SourceIp = "i", ConnectedAt = DateTimeOffset.UnixEpoch,
        },
        new FakeTransport(),
        new StageLimits(),
        new OutboundBudget(1),
        new FakeTimeProvider());
}
