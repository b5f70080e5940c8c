namespace RealtimeGateway.Authorization.Policies;

/// <summary>What policies say about a request. <c>default</c> refuses.</summary>
internal enum PolicyDecision
{
    /// <summary>No statement allows it.</summary>
    ImplicitDeny = 0,

    /// <summary>A statement allows it and none denies it.</summary>
    Allow,

    /// <summary>A statement denies it, whatever else allows it.</summary>
    ExplicitDeny,
}
