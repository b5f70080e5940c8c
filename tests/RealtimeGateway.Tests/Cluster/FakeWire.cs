using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>A batch that was given to the backplane.</summary>
internal sealed record SentBatch(uint Target, byte[] Bytes);

/// <summary>A backplane that only carries batches: to whoever listens in the same wire, as the test likes it.</summary>
internal sealed class FakeWire : IBackplane
{
    private readonly Dictionary<uint, Action<ReadOnlyMemory<byte>>> _listeners = [];

    public event Action? Connected
    {
        add { }
        remove { }
    }

    public bool IsConnected => true;

    /// <summary>Everything that was sent, in order.</summary>
    public List<SentBatch> Sent { get; } = [];

    /// <summary>What becomes of a batch; default: it arrives at once.</summary>
    public Func<SentBatch, ValueTask<SendResult>>? OnSend { get; set; }

    /// <summary>Thrown by the next calls of <see cref="ListenAsync"/>.</summary>
    public Exception? ListenFailure { get; set; }

    public IEnumerable<uint> Listeners => _listeners.Keys;

    public ValueTask ListenAsync(uint incarnation, Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken)
    {
        if (ListenFailure is { } failure)
        {
            throw failure;
        }

        _listeners.Add(incarnation, receive);
        return default;
    }

    public ValueTask StopListeningAsync(uint incarnation)
    {
        _listeners.Remove(incarnation);
        return default;
    }

    public ValueTask<SendResult> SendAsync(uint target, ReadOnlyMemory<byte> batch)
    {
        var sent = new SentBatch(target, batch.ToArray());
        Sent.Add(sent);
        return OnSend is { } onSend ? onSend(sent) : ValueTask.FromResult(Deliver(sent));
    }

    /// <summary>Lets a batch arrive.</summary>
    public SendResult Deliver(SentBatch batch)
    {
        if (!_listeners.TryGetValue(batch.Target, out var receive))
        {
            return SendResult.NotSent;
        }

        receive(batch.Bytes);
        return SendResult.Unknown;
    }

    public ValueTask DisposeAsync() => default;

    public ValueTask<LeaseAnswer> RenewAsync(NodeAnnouncement self, TimeSpan lease, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<FleetView> ReadFleetAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ReleaseAsync(uint incarnation, TimeSpan tombstoneLife, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> TryCondemnAsync(
        string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask RememberAsync(
        IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<bool> TryHoldAsync(uint dead, uint reaper, TimeSpan hold, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ForgetAsync(uint dead, uint reaper, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask WriteRecordsAsync(
        uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ConnectionId[]> ReadRecordIdsAsync(uint owner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoredRecord>> ReadRecordsAsync(uint owner, IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
