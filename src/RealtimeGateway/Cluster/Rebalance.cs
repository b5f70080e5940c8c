using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Sheds some of this node's clients, with 1001 at a paced rate, so that those who come back find nodes that have fewer. It sheds what it was told and no
/// more, wherever the clients go.
/// </summary>
internal sealed partial class Rebalance(ConnectionTable connections, PacedClose pace, Random random, ILogger<Rebalance> log) : IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _run;
    private Connection[] _shed = [];

    /// <summary>How many are still to be closed.</summary>
    public int Left => Volatile.Read(ref _shed).Count(static connection => connection.IsOpen);

    /// <summary>Begins, in place of what was going on.</summary>
    /// <param name="target">How many clients to keep.</param>
    /// <param name="ratePerSecond">How many to close in a second, above 0.</param>
    /// <returns>How many are to be closed.</returns>
    public int Start(int target, double ratePerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ratePerSecond);
        var open = new List<Connection>(connections.Count);
        foreach (var (_, connection) in connections)
        {
            if (connection.IsOpen)
            {
                open.Add(connection);
            }
        }

        var all = open.ToArray();
        random.Shuffle(all);
        var shed = all[..Math.Max(0, all.Length - target)];
        lock (_gate)
        {
            _run?.Cancel();
            _run?.Dispose();
            _run = new CancellationTokenSource();
            Volatile.Write(ref _shed, shed);
            if (shed.Length > 0)
            {
                Log.Began(log, shed.Length, all.Length, ratePerSecond);
                // Its own array: it is put into another order while Left looks at this one.
                _ = RunAsync([.. shed], TimeSpan.FromSeconds(shed.Length / ratePerSecond), _run.Token);
            }
        }

        return shed.Length;
    }

    /// <summary>Calls off what is going on.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _run?.Cancel();
            Volatile.Write(ref _shed, []);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _run?.Cancel();
            _run?.Dispose();
            _run = null;
        }
    }

    private async Task RunAsync(Connection[] shed, TimeSpan over, CancellationToken cancellationToken)
    {
        try
        {
            await pace.RunAsync(shed, over, CloseReason.GoingAway, cancellationToken);
            Volatile.Write(ref _shed, []);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Called off, or another in its place.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RebalanceBegan, LogLevel.Information, "This node sheds {Shed} of its {Connections} clients, {Rate} a second.")]
        public static partial void Began(ILogger logger, int shed, int connections, double rate);
    }
}
