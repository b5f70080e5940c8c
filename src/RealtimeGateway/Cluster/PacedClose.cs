using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Closes many connections in random order over a span of time, each at a random moment of its own share of it: evenly, so that those who take the clients in
/// are not overrun, and never in step with other nodes that do the same.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="random">Order and jitter.</param>
internal sealed class PacedClose(TimeProvider time, Random random)
{
    /// <summary>How soon it is seen that the clients have left by themselves.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Closes the connections. Ends early when none of them is open any more.</summary>
    /// <param name="connections">Whom to close; put into another order.</param>
    /// <param name="over">The span; zero: all at once.</param>
    /// <param name="reason">What the clients see.</param>
    /// <param name="cancellationToken">Leaves those open that are.</param>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public async Task RunAsync(Connection[] connections, TimeSpan over, CloseReason reason, CancellationToken cancellationToken)
    {
        random.Shuffle(connections);
        var startedAt = time.GetTimestamp();
        for (var i = 0; i < connections.Length; i++)
        {
            var due = over * ((i + random.NextDouble()) / connections.Length);
            while (connections[i].IsOpen && due - time.GetElapsedTime(startedAt) is { Ticks: > 0 } left)
            {
                // Timers have whole milliseconds, and one of none would not wait at all.
                var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
                await Task.Delay(wait < LookInterval ? wait : LookInterval, time, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            _ = connections[i].Close(reason);
        }
    }
}
