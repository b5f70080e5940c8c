using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>What holds for all APIs together; there is one (https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html).</summary>
internal sealed record AccountResource : Resource
{
    /// <summary>Its key.</summary>
    public static ResourceKey Key { get; } = new(Collections.Account, Collections.Account);

    public string? ApiKeyVersion { get; init; }

    /// <summary>Kept, since tools read it back; the gateway's logs need no role.</summary>
    public string? CloudwatchRoleArn { get; init; }

    public ImmutableArray<string>? Features { get; init; }

    public UsagePlanThrottle? ThrottleSettings { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => Collections.Account;
}
