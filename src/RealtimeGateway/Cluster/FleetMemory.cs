using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// What this node knows of others, for the day the backplane loses it. A condemned node that was cut off meanwhile must not go on as if nothing had been, since
/// its ids were answered 410 and its ends told; one that is cut off and lives must not be taken for one that never was.
/// </summary>
internal sealed partial class FleetMemory(IBackplane backplane, FleetOptions options, TimeProvider time, ILogger log)
{
    /// <summary>How many condemned nodes are remembered; the first is forgotten first. A node that was dead for a thousand others is not expected back.</summary>
    public const int MaxCondemned = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<uint> _order = [];
    private readonly HashSet<uint> _known = [];
    private volatile FrozenSet<uint> _condemned = FrozenSet<uint>.Empty;
    private bool _isDue;
    private bool _isWriting;

    /// <summary>Whether a node is condemned.</summary>
    public bool IsCondemned(uint incarnation) => _condemned is { Count: > 0 } condemned && condemned.Contains(incarnation);

    /// <summary>Remembers a node of which it is certain that it was condemned.</summary>
    public void Condemn(uint incarnation)
    {
        lock (_gate)
        {
            if (_condemned.Contains(incarnation))
            {
                return;
            }

            _order.Enqueue(incarnation);
            if (_order.Count > MaxCondemned)
            {
                _order.Dequeue();
            }

            _condemned = _order.ToFrozenSet();
        }
    }

    /// <summary>Learns from a view, and begins to write down what it may have lost since the one before. What fails is tried again with the next view.</summary>
    public void Take(FleetView before, FleetView view)
    {
        foreach (var node in view.Nodes)
        {
            if (node.IsCondemned && !IsCondemned(node.Incarnation))
            {
                Condemn(node.Incarnation);
            }
        }

        uint[] condemned;
        uint[] known;
        lock (_gate)
        {
            if (before.Run != view.Run)
            {
                _isDue = true;
                _known.UnionWith(before.Nodes.Where(static node => !node.IsCondemned).Select(static node => node.Incarnation));
            }

            if (!_isDue || _isWriting)
            {
                return;
            }

            _isDue = false;
            if (_order.Count + _known.Count == 0)
            {
                return;
            }

            _isWriting = true;
            condemned = [.. _order];
            known = [.. _known];
        }

        _ = WriteAsync(condemned, known);
    }

    private async Task WriteAsync(uint[] condemned, uint[] known)
    {
        var isDone = false;
        try
        {
            using var timeout = new CancellationTokenSource(options.CommandTimeout, time);
            await backplane.RememberAsync(condemned, known, options.TombstoneLife, timeout.Token);
            isDone = true;
        }
        catch (Exception exception)
        {
            // Whatever it was; nobody awaits this.
            Log.Failed(log, exception);
        }

        lock (_gate)
        {
            _isWriting = false;
            if (!isDone)
            {
                _isDue = true;
            }
            else if (!_isDue)
            {
                _known.Clear();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.MemoryFailed, LogLevel.Warning, "The backplane could not be told again which nodes there are and which are dead; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
