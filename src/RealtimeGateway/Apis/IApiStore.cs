namespace RealtimeGateway.Apis;

/// <summary>
/// Keeps what the control plane has been told, for good: JSON documents by key. The store as a whole has a revision, which grows with every batch;
/// each document tells the one that wrote it. A batch is written only when nothing has changed since the revision that its writer has seen, so that
/// what was checked against a whole state is true when it is written, whoever else writes.
/// </summary>
internal interface IApiStore : IAsyncDisposable
{
    /// <summary>Everything, as of one revision. A store that is away gives what it last was.</summary>
    ValueTask<StoreContent> LoadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes all of a batch or nothing. When it returns <see cref="StoreOutcome.IsWritten"/>, the batch outlives a crash of the process or the machine.
    /// </summary>
    /// <param name="expectedRevision">The revision that the writer has seen.</param>
    /// <param name="writes">At least one; no key twice.</param>
    /// <exception cref="StoreUnavailableException">The store is away. The batch has probably not been written; whoever reads later sees.</exception>
    /// <param name="cancellationToken">Stops waiting for other writers; a batch that has been begun is finished.</param>
    ValueTask<StoreOutcome> WriteAsync(long expectedRevision, IReadOnlyList<StoreWrite> writes, CancellationToken cancellationToken);

    /// <summary>Waits until the store is beyond <paramref name="revision"/>, whoever wrote, and returns its revision then.</summary>
    Task<long> WaitForChangeAsync(long revision, CancellationToken cancellationToken);
}
