using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Redis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>Nodes that divide limits in Redis. The nodes' clock is driven by hand; Redis's own runs.</summary>
public sealed class RedisFleetQuotasTests(RedisDeployments deployments)
{
    private static readonly RateLimit Limit = new(100, 60);

    private readonly FakeTimeProvider _time = new(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Sentinel)]
    [InlineData(Topology.Cluster)]
    public async Task Buckets_OfThreeNodes_TogetherKeepTheRateAndFollowTheDemand(Topology topology)
    {
        var nodes = await StartAsync(topology, 3);
        try
        {
            var buckets = nodes.Select(node => node.Throttles.Find("chat/prod/x", Limit)!).ToArray();

            // All ask for far more than there is, then only the first does.
            var granted = await RunAsync(nodes, buckets, seconds: 12, static _ => 200);
            Assert.InRange(granted.Sum(), 0, 60 + (12 * 100) + 3);
            Assert.All(granted, one => Assert.InRange(one, 250, 500));

            await RunAsync(nodes, buckets, seconds: 8, static node => node == 0 ? 200 : 0);
            granted = await RunAsync(nodes, buckets, seconds: 5, static node => node == 0 ? 200 : 0);
            // A tenth stays divided among all three.
            Assert.InRange(granted[0], 5 * 90, 5 * 97);
        }
        finally
        {
            await StopAsync(nodes);
        }
    }

    [Fact]
    public async Task Bucket_OfOneNodeAlone_HasItAll()
    {
        var nodes = await StartAsync(Topology.Standalone, 1);
        try
        {
            TokenBucket[] buckets = [nodes[0].Throttles.Find("x", Limit)!];
            // The burst, and what the 59 steps before the last bring.
            Assert.Equal(60 + (59 * 10), (await RunAsync(nodes, buckets, seconds: 6, static _ => 200)).Sum());
        }
        finally
        {
            await StopAsync(nodes);
        }
    }

    [Theory]
    [InlineData(Topology.Standalone)]
    [InlineData(Topology.Cluster)]
    public async Task Quota_UsedOnTwoNodes_IsOneCountAndComesBackWhenRedisIsEmptied(Topology topology)
    {
        var nodes = await StartAsync(topology, 2);
        try
        {
            var limits = new KeyLimits(null, 10, QuotaPeriod.Month);
            Assert.Equal([4, 3], nodes.Select((node, i) => Enumerable.Range(0, 4 - i).Count(_ => node.Usage.TryTake(limits) == KeyVerdict.Taken)));
            await ExchangeAsync(nodes);
            await ExchangeAsync(nodes);

            var link = nodes[0].Redis.Link;
            var key = $"{link.Keys.Limits}quota:plan/key/Month/2026-11-01";
            Assert.Equal(7, (long)await link.RunAsync(database => database.StringGetAsync(key), Cancellation));
            await link.RunAsync(database => database.KeyDeleteAsync(key), Cancellation);
            await ExchangeAsync(nodes);
            Assert.Equal(7, (long)await link.RunAsync(database => database.StringGetAsync(key), Cancellation));

            Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => nodes[1].Usage.TryTake(limits) == KeyVerdict.Taken));
            await ExchangeAsync(nodes);
            await ExchangeAsync(nodes);
            Assert.Equal(KeyVerdict.OverQuota, nodes[0].Usage.TryTake(limits));
        }
        finally
        {
            await StopAsync(nodes);
        }
    }

    [Fact]
    public async Task Exchange_FiveHundredBuckets_IsAPlainRoundTrip()
    {
        var nodes = await StartAsync(Topology.Standalone, 1);
        try
        {
            var buckets = Enumerable.Range(0, 500).Select(i => nodes[0].Throttles.Find($"route/{i}", Limit)!).ToArray();
            await ExchangeAsync(nodes);
            foreach (var bucket in buckets)
            {
                bucket.TryTake();
            }

            var started = TimeProvider.System.GetTimestamp();
            await ExchangeAsync(nodes);
            TestContext.Current.TestOutputHelper!.WriteLine($"500 buckets: {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:n1} ms");
        }
        finally
        {
            await StopAsync(nodes);
        }
    }

    /// <summary>Lets seconds pass: in each, clients ask each node in ten steps, then all nodes tell and hear.</summary>
    private async Task<int[]> RunAsync(Node[] nodes, TokenBucket[] buckets, int seconds, Func<int, int> askedPerSecond)
    {
        var granted = new int[nodes.Length];
        for (var step = 0; step < seconds * 10; step++)
        {
            for (var i = 0; i < nodes.Length; i++)
            {
                granted[i] += Enumerable.Range(0, askedPerSecond(i) / 10).Count(_ => buckets[i].TryTake());
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
            if (step % 10 == 9)
            {
                await ExchangeAsync(nodes);
            }
        }

        return granted;
    }

    private static async Task ExchangeAsync(Node[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.Limits.ExchangeAsync(node.Fleet, TimeSpan.FromSeconds(1), Cancellation);
        }
    }

    private async Task<Node[]> StartAsync(Topology topology, int count)
    {
        var (connection, prefix) = ((await deployments.GetAsync(topology)).ConnectionString, RedisNode.NewPrefix());
        var nodes = new Node[count];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = new Node(await RedisNode.ConnectAsync(connection, prefix), _time);
        }

        // Each has heard how many they are.
        await ExchangeAsync(nodes);
        await ExchangeAsync(nodes);
        return nodes;
    }

    private static async Task StopAsync(Node[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.Redis.DisposeAsync();
        }
    }

    private sealed class Node
    {
        public Node(RedisNode redis, TimeProvider time)
        {
            Redis = redis;
            Fleet = new RedisFleetQuotas(redis.Link);
            Throttles = new Throttles(time, Limits);
            Usage = new KeyUsage(time, Limits, "plan/key");
            Limits.Add(Usage);
        }

        public RedisNode Redis { get; }

        public FleetLimits Limits { get; } = new();

        public IFleetQuotas Fleet { get; }

        public Throttles Throttles { get; }

        public KeyUsage Usage { get; }
    }
}
