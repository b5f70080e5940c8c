using System.Collections.Concurrent;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>Clients that connect again, with a little patience, whenever their socket ends.</summary>
internal sealed class RollingClients(int port) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<FleetClient, bool> _open = new();
    private volatile IReadOnlyList<FleetClient> _snapshot = [];
    private int _refused;

    /// <summary>Those that are connected.</summary>
    public ICollection<FleetClient> Open => _open.Keys;

    /// <summary>Those whose socket ended.</summary>
    public ConcurrentQueue<FleetClient> Ended { get; } = new();

    /// <summary>How often a handshake was refused or cut.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Those that are connected, for a load.</summary>
    public IReadOnlyList<FleetClient> Snapshot() => _snapshot;

    public async Task ConnectAsync(int count)
    {
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) => await ConnectOneAsync());
        _snapshot = [.. _open.Keys];
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var client in _open.Keys)
        {
            client.Dispose();
        }

        _stop.Dispose();
    }

    private async Task ConnectOneAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await FleetClient.ConnectAsync(port, -1) is { } client)
                {
                    _open[client] = true;
                    _snapshot = [.. _open.Keys];
                    _ = FollowAsync(client);
                    return;
                }
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException or TimeoutException)
            {
                // No node behind the balancer took it just now.
            }

            Interlocked.Increment(ref _refused);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 250)));
        }
    }

    private async Task FollowAsync(FleetClient client)
    {
        await client.Ended;
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        _open.TryRemove(client, out _);
        _snapshot = [.. _open.Keys];
        Ended.Enqueue(client);
        await ConnectOneAsync();
    }
}
