using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Tests.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class PacedCloseTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutboundBudget _budget = new(1024 * 1024);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OverTime_ClosesEachInItsOwnShareOfIt()
    {
        var (connections, transports) = Make(60);
        var closed = new List<int>();
        var running = new PacedClose(_time, new Random(1)).RunAsync([.. connections], TimeSpan.FromSeconds(60), CloseReason.Shutdown, Cancellation);

        for (var second = 0; second < 60; second++)
        {
            closed.Add(connections.Count(connection => !connection.IsOpen));
            Advance(TimeSpan.FromSeconds(1));
        }

        await running;
        Assert.Equal(Enumerable.Range(0, 60), closed);
        Assert.All(transports, transport => Assert.Equal("close:1001", Assert.Single(transport.Sent)));
    }

    /// <summary>Two nodes that leave together do not close in step, and nobody can tell whose turn it is.</summary>
    [Fact]
    public async Task Run_OtherSeed_HasOtherOrderAndOtherMoments()
    {
        var moments = new List<(int Index, TimeSpan At)[]>();
        foreach (var seed in new[] { 1, 2, 1 })
        {
            var (connections, _) = Make(8);
            var seen = new Dictionary<int, TimeSpan>();
            var running = new PacedClose(_time, new Random(seed)).RunAsync([.. connections], TimeSpan.FromSeconds(8), CloseReason.Shutdown, Cancellation);
            for (var at = TimeSpan.Zero; at <= TimeSpan.FromSeconds(8); at += TimeSpan.FromMilliseconds(10))
            {
                for (var i = 0; i < connections.Length; i++)
                {
                    if (!connections[i].IsOpen)
                    {
                        seen.TryAdd(i, at);
                    }
                }

                _time.Advance(TimeSpan.FromMilliseconds(10));
            }

            await running;
            moments.Add([.. seen.OrderBy(pair => pair.Value).Select(pair => (pair.Key, pair.Value))]);
        }

        Assert.All(moments, each => Assert.Equal(8, each.Length));
        Assert.Equal(moments[0], moments[2]);
        Assert.NotEqual(moments[0].Select(each => each.Index), moments[1].Select(each => each.Index));
        Assert.NotEqual(moments[0].Select(each => each.At), moments[1].Select(each => each.At));
        // Evenly would be a second from each to the next; jitter makes it anything from none to two.
        Assert.Contains(moments[0].Zip(moments[0].Skip(1)), pair => (pair.Second.At - pair.First.At - TimeSpan.FromSeconds(1)).Duration() > TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Run_ClientsLeaveByThemselves_EndsEarlier()
    {
        var (connections, _) = Make(2);
        var running = new PacedClose(_time, new Random(1)).RunAsync([.. connections], TimeSpan.FromHours(1), CloseReason.Shutdown, Cancellation);

        Array.ForEach(connections, connection => connection.TransportEnded());
        Advance(TimeSpan.FromMilliseconds(500));

        Assert.True(running.IsCompletedSuccessfully);
        await running;
    }

    [Fact]
    public async Task Run_NoTime_ClosesAllAtOnce()
    {
        var (connections, _) = Make(5);

        var running = new PacedClose(_time, new Random(1)).RunAsync([.. connections], TimeSpan.Zero, CloseReason.GoingAway, Cancellation);

        Assert.True(running.IsCompletedSuccessfully);
        await running;
        Assert.All(connections, connection => Assert.Equal(CloseReason.GoingAway, connection.Reason));
    }

    [Fact]
    public async Task Run_CalledOff_LeavesTheRestOpen()
    {
        var (connections, _) = Make(10);
        using var stop = new CancellationTokenSource();
        var running = new PacedClose(_time, new Random(1)).RunAsync([.. connections], TimeSpan.FromSeconds(10), CloseReason.Shutdown, stop.Token);

        Advance(TimeSpan.FromSeconds(5));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(5, connections.Count(connection => connection.IsOpen));
    }

    private void Advance(TimeSpan time)
    {
        // In steps, since the fake clock fires a timer that is set while it moves only with the next move.
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(5))
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }
    }

    private (Connection[] Connections, FakeTransport[] Transports) Make(int count)
    {
        var transports = Enumerable.Range(0, count).Select(_ => new FakeTransport()).ToArray();
        var connections = transports.Select((transport, i) =>
        {
            var connection = new Connection(
                ConnectionId.Create(1, [0, 0, 0, 0, 0, 0, 0, 0, (byte)i]),
                new ClientIdentity { ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "x", SourceIp = "127.0.0.1", ConnectedAt = _time.GetUtcNow() },
                transport,
                new StageLimits(),
                _budget,
                _time);
            connection.TransportReady();
            return connection;
        }).ToArray();
        return (connections, transports);
    }
}
