namespace RealtimeGateway.Cluster;

/// <summary>What is known of a batch that was given to the backplane.</summary>
internal enum SendResult
{
    /// <summary>It may have arrived; only an answer tells.</summary>
    Unknown = 0,

    /// <summary>Certainly nobody got it: there was no connection, or nobody listens at the other end.</summary>
    NotSent,
}
