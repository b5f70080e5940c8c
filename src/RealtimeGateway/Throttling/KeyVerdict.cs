namespace RealtimeGateway.Throttling;

/// <summary>What counting an event of an API key came to.</summary>
internal enum KeyVerdict
{
    /// <summary>Over the plan's rate.</summary>
    TooFast = 0,

    /// <summary>Over the plan's quota.</summary>
    OverQuota,

    /// <summary>Within both.</summary>
    Taken,
}
