using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// The nodes that this one knows to be condemned, for the day the backplane loses that: one of them which was cut off meanwhile must not go on as if nothing
/// had been, since its ids were answered 410 and its ends told.
/// </summary>
internal sealed partial class Tombstones(IBackplane backplane, FleetOptions options, TimeProvider time, ILogger log)
{
    /// <summary>How many are remembered; the first is forgotten first. A node that was dead for a thousand others is not expected back.</summary>
    public const int Max = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<uint> _order = [];
    private volatile FrozenSet<uint> _condemned = FrozenSet<uint>.Empty;
    private bool _isDue;
    private bool _isWriting;

    /// <summary>Whether a node is condemned.</summary>
    public bool Contains(uint incarnation) => _condemned is { Count: > 0 } condemned && condemned.Contains(incarnation);

    /// <summary>Remembers a node of which it is certain that it was condemned.</summary>
    public void Add(uint incarnation)
    {
        lock (_gate)
        {
            if (_condemned.Contains(incarnation))
            {
                return;
            }

            _order.Enqueue(incarnation);
            if (_order.Count > Max)
            {
                _order.Dequeue();
            }

            _condemned = _order.ToFrozenSet();
        }
    }

    /// <summary>Remembers those that a view names so.</summary>
    public void AddFrom(FleetView view)
    {
        foreach (var node in view.Nodes)
        {
            if (node.IsCondemned && !Contains(node.Incarnation))
            {
                Add(node.Incarnation);
            }
        }
    }

    /// <summary>Has all of them written to the backplane with the next <see cref="WriteIfDue"/>.</summary>
    public void WriteAgain()
    {
        lock (_gate)
        {
            _isDue = true;
        }
    }

    /// <summary>Writes them, if they are to be. What fails stays due. Does not wait.</summary>
    public void WriteIfDue()
    {
        uint[] condemned;
        lock (_gate)
        {
            if (!_isDue || _isWriting)
            {
                return;
            }

            _isDue = false;
            if (_order.Count == 0)
            {
                return;
            }

            _isWriting = true;
            condemned = [.. _order];
        }

        _ = WriteAsync(condemned);
    }

    private async Task WriteAsync(uint[] condemned)
    {
        var isDone = false;
        try
        {
            using var timeout = new CancellationTokenSource(options.CommandTimeout, time);
            await backplane.CondemnAgainAsync(condemned, options.TombstoneLife, timeout.Token);
            isDone = true;
        }
        catch (Exception exception)
        {
            // Whatever it was; nobody awaits this, and the next renewal tries again.
            Log.Failed(log, exception);
        }

        lock (_gate)
        {
            _isWriting = false;
            _isDue |= !isDone;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TombstonesFailed, LogLevel.Warning, "The backplane could not be told again which nodes are dead; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
