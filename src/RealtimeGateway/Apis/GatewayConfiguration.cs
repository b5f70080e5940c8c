using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>Everything that one gateway serves.</summary>
public sealed record GatewayConfiguration
{
    /// <summary>Serves nothing.</summary>
    public static GatewayConfiguration Empty { get; } = new();

    /// <summary>The APIs, by unique <see cref="Api.Id"/>.</summary>
    public ImmutableArray<Api> Apis { get; init; } = [];

    /// <summary>The keys that clients may send.</summary>
    public ImmutableArray<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>Which keys may use which stages.</summary>
    public ImmutableArray<UsagePlan> UsagePlans { get; init; } = [];

    /// <summary>
    /// The rate of the whole gateway, over all stages and @connections together: Amazon API Gateway's account quota is 10,000 a second with a burst
    /// of 5,000. Default: unbounded.
    /// </summary>
    public RouteSettings AccountSettings { get; init; } = new();

    /// <summary>The hosts that clients use instead of the gateway's own, and what is below which path.</summary>
    public ImmutableArray<DomainMapping> Domains { get; init; } = [];

    /// <summary>What tools have deployed: one record for each stage, so an API may be there several times, as different deployments show it.</summary>
    internal ImmutableArray<Api> Deployed { get; init; } = [];

    /// <summary>The API that <c>/{stage}</c> without an API id means. Default: the only one, if there is only one.</summary>
    public ApiId? DefaultApi { get; init; }
}
