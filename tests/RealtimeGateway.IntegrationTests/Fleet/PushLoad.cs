using System.Collections.Concurrent;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>One push of a <see cref="PushLoad"/> and what came of it.</summary>
internal sealed record Push(FleetClient Client, FleetNode Through, string Text, long StartedAt, PushAnswer Answer)
{
    public bool IsLocal => Client.Node == Through.Index;
}

/// <summary>Back ends at work: pushes numbered messages to clients through nodes, at a steady rate, and keeps what each was answered.</summary>
internal sealed class PushLoad : IAsyncDisposable
{
    private const int MostUnderWay = 2_000;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Push> _pushes = new();
    private readonly Func<IReadOnlyList<FleetClient>> _clients;
    private readonly Func<IReadOnlyList<FleetNode>> _nodes;
    private readonly Random _random;
    private readonly Task _running;
    private long _sequence;
    private int _underWay;

    private PushLoad(Func<IReadOnlyList<FleetClient>> clients, Func<IReadOnlyList<FleetNode>> nodes, int perSecond)
    {
        _clients = clients;
        _nodes = nodes;
        _random = new Random(perSecond);
        _running = RunAsync(perSecond);
    }

    /// <summary>What has been answered so far.</summary>
    public IReadOnlyCollection<Push> Pushes => _pushes;

    /// <param name="clients">Whom to push to; asked before each push.</param>
    /// <param name="nodes">Through which nodes; asked before each push.</param>
    /// <param name="perSecond">How many pushes a second.</param>
    public static PushLoad Start(Func<IReadOnlyList<FleetClient>> clients, Func<IReadOnlyList<FleetNode>> nodes, int perSecond) => new(clients, nodes, perSecond);

    /// <summary>Stops, and waits for what is under way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Patience.Until(() => Volatile.Read(ref _underWay) == 0, "every push is answered");
    }

    /// <summary>P1 and P2: what was answered 200 came once to each client that is still there; nothing came twice, and nothing that was surely not queued.</summary>
    public async Task AssertDeliveredOnceAsync()
    {
        foreach (var group in _pushes.Where(push => push.Client.IsOpen).GroupBy(push => push.Client))
        {
            var acknowledged = group.Where(push => push.Answer.Status == 200).Select(push => push.Text).ToHashSet();
            await Patience.Until(
                () => !group.Key.IsOpen || acknowledged.IsSubsetOf(group.Key.Received), $"all of the {acknowledged.Count} messages of {group.Key.Id} have come");
            Assert.Equal(group.Key.Received.Count, group.Key.Received.Distinct().Count());
            var refused = group.Where(push => push.Answer is { Status: 429 or 410 } or { Delivery: "none" }).Select(push => push.Text);
            Assert.Empty(refused.Intersect(group.Key.Received));
        }
    }

    /// <summary>How many were answered what, for the record.</summary>
    public string Summary() => string.Join(", ", _pushes
        .GroupBy(push => (push.Answer.Status, push.Answer.Delivery, push.IsLocal))
        .OrderBy(group => group.Key.Status)
        .Select(group => $"{group.Key.Status}{(group.Key.Delivery is { } delivery ? $" {delivery}" : "")} {(group.Key.IsLocal ? "local" : "remote")}: {group.Count()}"
            + $" (longest {group.Max(push => push.Answer.Took).TotalMilliseconds:0} ms)"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(int perSecond)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var started = TimeProvider.System.GetTimestamp();
        var sent = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var due = (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds * perSecond);
                for (; sent < due && Volatile.Read(ref _underWay) < MostUnderWay; sent++)
                {
                    var clients = _clients();
                    var nodes = _nodes();
                    Interlocked.Increment(ref _underWay);
                    _ = PushAsync(clients[_random.Next(clients.Count)], nodes[_random.Next(nodes.Count)]);
                }

                // What could not be sent in time is not made up for.
                sent = due;
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }

    private async Task PushAsync(FleetClient client, FleetNode node)
    {
        try
        {
            var text = $"message {Interlocked.Increment(ref _sequence)}";
            var started = TimeProvider.System.GetTimestamp();
            _pushes.Enqueue(new(client, node, text, started, await node.PostAsync(client.Id, text, Guid.NewGuid().ToString())));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
