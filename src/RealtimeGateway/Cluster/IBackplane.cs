using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// What the nodes of a fleet share: a way from each node to each other, leases that say which nodes live, and a record of every connection for
/// the day its node dies. All state in it can be lost at any time; the nodes then bring it back.
/// </summary>
/// <remarks>
/// Every method but <see cref="SendAsync"/> throws <see cref="BackplaneException"/> when the backplane cannot be reached or does not answer in
/// time. None blocks its thread. Lease times are the backplane's own; no node's clock is compared with another's.
/// </remarks>
internal interface IBackplane : IAsyncDisposable
{
    /// <summary>Whether there is a connection that a command given now would use.</summary>
    bool IsConnected { get; }

    /// <summary>Raised after the connection has come, or come back; from any thread, and never blocking.</summary>
    event Action? Connected;

    /// <summary>Hands every batch that is sent to <paramref name="incarnation"/> to <paramref name="receive"/>, until <see cref="StopListeningAsync"/>; goes on by itself after the connection was lost.</summary>
    /// <param name="incarnation">This node.</param>
    /// <param name="receive">Called for one batch at a time, in the order of their arrival; the memory is valid during the call only.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask ListenAsync(uint incarnation, Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken);

    /// <summary>Ends <see cref="ListenAsync"/>.</summary>
    ValueTask StopListeningAsync(uint incarnation);

    /// <summary>Sends a batch to another node, at most once. Never throws.</summary>
    ValueTask<SendResult> SendAsync(uint target, ReadOnlyMemory<byte> batch);

    /// <summary>
    /// Renews the lease of <paramref name="self"/>, takes it anew when it had run out, and reads the fleet. A node that has been condemned gets no
    /// lease any more.
    /// </summary>
    ValueTask<LeaseAnswer> RenewAsync(NodeAnnouncement self, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Reads the fleet as it is now.</summary>
    ValueTask<FleetView> ReadFleetAsync(CancellationToken cancellationToken);

    /// <summary>The orderly end of a node whose connections are all told: its lease, entry and records go, its tombstone stays for <paramref name="tombstoneLife"/>.</summary>
    ValueTask ReleaseAsync(uint incarnation, TimeSpan tombstoneLife, CancellationToken cancellationToken);

    /// <summary>
    /// In one step: when the data is still that of <paramref name="run"/>, in which it was decided, <paramref name="dead"/> has no lease, and nobody else is
    /// burying it, writes its tombstone and makes <paramref name="reaper"/> the one to tell its connections' ends, for <paramref name="hold"/>. Also takes over
    /// from a reaper whose hold ran out.
    /// </summary>
    /// <returns>Whether <paramref name="reaper"/> is the one.</returns>
    ValueTask<bool> TryCondemnAsync(string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife, CancellationToken cancellationToken);

    /// <summary>
    /// Writes down what the data may have lost, and leaves alone what is there: the tombstones of nodes that were condemned, and of other nodes that they are known,
    /// as of another run and without a lease. Unlike <see cref="TryCondemnAsync"/> it asks for nothing: what was condemned is, even with a lease, and its next
    /// renewal shows it that.
    /// </summary>
    ValueTask RememberAsync(IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife, CancellationToken cancellationToken);

    /// <summary>Prolongs what <see cref="TryCondemnAsync"/> gave. <see langword="false"/>: somebody else has it now.</summary>
    ValueTask<bool> TryHoldAsync(uint dead, uint reaper, TimeSpan hold, CancellationToken cancellationToken);

    /// <summary>Ends the burial of a node that has no records left: its entry goes, its tombstone stays.</summary>
    ValueTask ForgetAsync(uint dead, uint reaper, CancellationToken cancellationToken);

    /// <summary>
    /// Writes and removes records of the connections of <paramref name="owner"/>, in one round trip. What is written must not also be removed. Both empty:
    /// only keeps the records from expiring.
    /// </summary>
    /// <remarks>
    /// An owner that writes and is not known gets an entry, as of another run and without a lease: if it dies before it announces itself to data that has
    /// lost it, others must still learn that there are ends to tell.
    /// </remarks>
    ValueTask WriteRecordsAsync(
        uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed, CancellationToken cancellationToken);

    /// <summary>The ids that <paramref name="owner"/> has records of, in no order.</summary>
    ValueTask<ConnectionId[]> ReadRecordIdsAsync(uint owner, CancellationToken cancellationToken);

    /// <summary>The records of some ids; those that are gone are left out.</summary>
    ValueTask<IReadOnlyList<StoredRecord>> ReadRecordsAsync(uint owner, IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken);
}
