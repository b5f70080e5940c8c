using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.Dispatch;

/// <summary>A connection together with the stage that serves it and its messages under way.</summary>
internal sealed class Session(Connection connection, StageSlot slot)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private int _inFlight;
    private int _awaitedBound;

    /// <summary>The connection.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>Where its stage is found.</summary>
    public StageSlot Slot { get; } = slot;

    /// <summary>Whether the metrics count it among the open connections.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Messages at integrations now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Counts a message that has gone to its integration and not come back.</summary>
    public void Started() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts it back, and lets the reader go on if it waits for that.</summary>
    public void Finished()
    {
        if (Interlocked.Decrement(ref _inFlight) >= Volatile.Read(ref _awaitedBound))
        {
            return;
        }

        lock (_gate)
        {
            // Whoever waited then may have gone on by itself and wait for more room by now.
            if (InFlight < _awaitedBound)
            {
                _room?.TrySetResult();
                _room = null;
                _awaitedBound = 0;
            }
        }
    }

    /// <summary>Completes when fewer than <paramref name="bound"/> messages are under way. Only the connection's reader waits.</summary>
    public ValueTask WaitForRoomAsync(int bound)
    {
        if (InFlight < bound)
        {
            return default;
        }

        lock (_gate)
        {
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            // A full fence: were the count read before others can see the bound, both sides could miss each other and nobody would wake us.
            Interlocked.Exchange(ref _awaitedBound, bound);
            // A message may have finished between the two looks at the count, before it could see that somebody waits.
            if (InFlight < bound)
            {
                _room = null;
                _awaitedBound = 0;
                return default;
            }

            return new ValueTask(_room.Task);
        }
    }
}
