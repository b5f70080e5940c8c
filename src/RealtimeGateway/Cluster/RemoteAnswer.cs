namespace RealtimeGateway.Cluster;

/// <summary>What came of a call to a connection.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Description">The connection, for a GET that is done.</param>
internal readonly record struct RemoteAnswer(DeliveryOutcome Outcome, ConnectionDescription? Description = null)
{
    /// <summary>A <see cref="ReplyOutcome"/> for each connection, for a <see cref="CallKind.PostMany"/> that is done.</summary>
    public byte[]? Each { get; init; }
}
