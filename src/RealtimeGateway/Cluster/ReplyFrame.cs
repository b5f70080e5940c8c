namespace RealtimeGateway.Cluster;

/// <summary>One reply within a batch.</summary>
/// <param name="RequestId">The request; 0 for a probe.</param>
/// <param name="Outcome">What came of it; may be none of the known ones.</param>
/// <param name="Description">The connection, for a GET that is done.</param>
internal readonly record struct ReplyFrame(ulong RequestId, ReplyOutcome Outcome, ConnectionDescription? Description = null)
{
    /// <summary>A <see cref="ReplyOutcome"/> for each connection, for a <see cref="CallKind.PostMany"/> that is done.</summary>
    public byte[]? Each { get; init; }

    /// <summary>About how much room it takes in a batch.</summary>
    public int EstimatedBytes => Description is { } shown ? 64 + 3 * (shown.SourceIp.Length + (shown.UserAgent?.Length ?? 0)) : 16 + (Each?.Length ?? 0);
}
