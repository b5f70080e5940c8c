using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>One node's way to the store. It can be slow, hang, fail or be cut.</summary>
internal sealed class FakeBackplane(FakeStore store, TimeProvider time) : IBackplane
{
    private bool _isCut;

    public event Action? Connected;

    public bool IsConnected { get; set; } = true;

    /// <summary>How long each answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Whether questions are lost, so that only the time-out ends them.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether writes of records fail; the rest works.</summary>
    public bool FailsWrites { get; set; }

    /// <summary>Whether a write that fails has been carried out all the same.</summary>
    public bool WritesBeforeFailing { get; set; }

    public int Renewals { get; private set; }

    /// <summary>How often somebody was to be condemned, counted when the command was given.</summary>
    public int Condemnations { get; private set; }

    /// <summary>No connection any more.</summary>
    public void Cut()
    {
        _isCut = true;
        IsConnected = false;
    }

    public void Connect()
    {
        _isCut = false;
        Hangs = false;
        IsConnected = true;
        Connected?.Invoke();
    }

    public ValueTask ListenAsync(uint incarnation, Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken) => default;

    public ValueTask StopListeningAsync(uint incarnation) => default;

    public ValueTask<SendResult> SendAsync(uint target, ReadOnlyMemory<byte> batch) => new(SendResult.NotSent);

    public async ValueTask<LeaseAnswer> RenewAsync(NodeAnnouncement self, TimeSpan lease, CancellationToken cancellationToken)
    {
        Renewals++;
        await GoAsync(cancellationToken);
        return store.Renew(self, lease);
    }

    public async ValueTask<FleetView> ReadFleetAsync(CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        return store.Read();
    }

    public async ValueTask ReleaseAsync(uint incarnation, TimeSpan tombstoneLife, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        store.Release(incarnation, tombstoneLife);
    }

    public async ValueTask<bool> TryCondemnAsync(
        string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife, CancellationToken cancellationToken)
    {
        Condemnations++;
        await GoAsync(cancellationToken);
        return store.TryCondemn(run, dead, reaper, hold, tombstoneLife);
    }

    public async ValueTask RememberAsync(
        IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        store.Remember(condemned, known, tombstoneLife);
    }

    public async ValueTask<bool> TryHoldAsync(uint dead, uint reaper, TimeSpan hold, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        return store.TryHold(dead, reaper, hold);
    }

    public async ValueTask ForgetAsync(uint dead, uint reaper, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        store.Forget(dead);
    }

    public async ValueTask WriteRecordsAsync(
        uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        if (!FailsWrites || WritesBeforeFailing)
        {
            store.Write(owner, written, removed);
        }

        if (FailsWrites)
        {
            throw new BackplaneException("The test wants it so.");
        }
    }

    public async ValueTask<ConnectionId[]> ReadRecordIdsAsync(uint owner, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        return store.RecordsOf(owner);
    }

    public async ValueTask<IReadOnlyList<StoredRecord>> ReadRecordsAsync(uint owner, IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        return store.Read(owner, ids);
    }

    public ValueTask DisposeAsync() => default;

    private async Task GoAsync(CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }

        if (_isCut)
        {
            throw new BackplaneException("There is no connection.");
        }

        if (Latency > TimeSpan.Zero)
        {
            await Task.Delay(Latency, time, cancellationToken);
        }
        else
        {
            await Task.Yield();
        }

        // Cut while it was on its way.
        if (_isCut || Hangs)
        {
            throw new BackplaneException("The connection was lost.");
        }
    }
}
