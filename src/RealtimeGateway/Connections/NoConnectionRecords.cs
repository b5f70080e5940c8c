namespace RealtimeGateway.Connections;

/// <summary>A node that is alone: nobody could read the records.</summary>
internal sealed class NoConnectionRecords : IConnectionRecords
{
    /// <inheritdoc/>
    public ValueTask AddAsync(ConnectionId id, ClientIdentity client) => default;

    /// <inheritdoc/>
    public ValueTask<bool> MayTellEndAsync(ConnectionId id) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public void Remove(ConnectionId id)
    {
    }
}
