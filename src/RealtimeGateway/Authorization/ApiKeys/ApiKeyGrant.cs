using RealtimeGateway.Throttling;

namespace RealtimeGateway.Authorization.ApiKeys;

/// <summary>A key that may use a stage, and what its usage plan allows it there.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Limits">The plan's limits.</param>
/// <param name="Usage">What the key has used of the plan.</param>
internal sealed record ApiKeyGrant(string KeyId, KeyLimits Limits, KeyUsage Usage);
