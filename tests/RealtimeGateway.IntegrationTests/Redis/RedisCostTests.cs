using System.Threading.Channels;
using RealtimeGateway.Cluster;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>What the backplane's round trips cost on this machine; the figures in docs/operations.md come from here (<c>-showLiveOutput</c>).</summary>
public sealed class RedisCostTests(RedisDeployments deployments)
{
    private const int Rounds = 1_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renew_InAFleetOfTwentyNodes_IsOneQuickRoundTrip()
    {
        await using var node = await ConnectAsync();
        for (var i = 1u; i <= 20; i++)
        {
            await RenewAsync(node, i);
        }

        var times = new TimeSpan[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            Assert.Equal(20, (await RenewAsync(node, 1)).View.Nodes.Length);
            times[i] = TimeProvider.System.GetElapsedTime(started);
        }

        Report("renew, 20 nodes", times);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Echo_ThroughTheBus_ComesBack(int atOnce)
    {
        await using var a = await ConnectAsync();
        await using var b = new RedisNode((await deployments.GetAsync(Topology.Standalone)).ConnectionString, a.Link.Keys.Prefix);
        var answers = Enumerable.Range(0, atOnce).Select(_ => Channel.CreateUnbounded<bool>()).ToArray();
        await b.Backplane.ListenAsync(2, batch => _ = b.Backplane.SendAsync(1, batch.ToArray()).AsTask(), Cancellation);
        await a.Backplane.ListenAsync(1, batch => answers[batch.Span[0]].Writer.TryWrite(true), Cancellation);

        var times = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async lane =>
        {
            var message = new byte[200];
            message[0] = (byte)lane;
            var own = new TimeSpan[Rounds];
            for (var i = 0; i < Rounds; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                Assert.Equal(SendResult.Unknown, await a.Backplane.SendAsync(2, message));
                await Patience.For(answers[lane].Reader.ReadAsync(Cancellation).AsTask(), "the echo");
                own[i] = TimeProvider.System.GetElapsedTime(started);
            }

            return own;
        }));

        Report($"there and back, {atOnce} at once", [.. times.SelectMany(static own => own)]);
    }

    private static void Report(string what, TimeSpan[] times)
    {
        Array.Sort(times);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{what}: median {times[times.Length / 2].TotalMicroseconds:n0} µs, p99 {times[times.Length * 99 / 100].TotalMicroseconds:n0} µs");
        // A bound for the order of magnitude only: other tests may run beside this one.
        Assert.InRange(times[times.Length / 2].TotalMilliseconds, 0, 250);
    }

    private async Task<RedisNode> ConnectAsync() =>
        await RedisNode.ConnectAsync((await deployments.GetAsync(Topology.Standalone)).ConnectionString, RedisNode.NewPrefix());

    private static ValueTask<LeaseAnswer> RenewAsync(RedisNode node, uint incarnation) =>
        node.Backplane.RenewAsync(new(incarnation, $"node {incarnation}", DateTimeOffset.UnixEpoch, 1000, false), TimeSpan.FromSeconds(60), Cancellation);
}
