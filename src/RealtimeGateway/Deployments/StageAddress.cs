namespace RealtimeGateway.Deployments;

/// <summary>Where a request to the data listener leads.</summary>
internal readonly ref struct StageAddress(StageSlot? slot, ReadOnlySpan<char> rest)
{
    /// <summary>The stage that the host and the path name; null when there is none.</summary>
    public StageSlot? Slot { get; } = slot;

    /// <summary>What follows the stage in the raw path, still encoded: empty, <c>/</c>, or for example <c>/@connections/{id}</c>.</summary>
    public ReadOnlySpan<char> Rest { get; } = rest;
}
