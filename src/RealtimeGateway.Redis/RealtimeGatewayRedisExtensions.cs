using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Redis;

/// <summary>Makes several gateways one fleet.</summary>
public static class RealtimeGatewayRedisExtensions
{
    /// <summary>
    /// Joins the fleet that meets in a Redis (≥ 6.2) or Valkey: any node then reaches every connection, and all share the control plane's store and
    /// limits. Redis need not be there: the gateway starts, warns and goes on trying.
    /// </summary>
    /// <param name="builder">The application; <c>AddRealtimeGateway</c> is called as well.</param>
    /// <param name="connectionString">
    /// As StackExchange.Redis reads it: <c>localhost:6379</c>; <c>one:26379,two:26379,serviceName=gateway</c> for Sentinel; some nodes of a cluster; with
    /// <c>password=…</c>, <c>user=…</c>, <c>ssl=true</c> (https://stackexchange.github.io/StackExchange.Redis/Configuration).
    /// </param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ArgumentException">The connection string or the prefix is wrong; the message says how.</exception>
    public static IHostApplicationBuilder AddRealtimeGatewayRedis(
        this IHostApplicationBuilder builder, string connectionString, Action<RealtimeGatewayRedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!RedisConnectionString.TryParse(connectionString, out var configuration, out var problem))
        {
            throw new ArgumentException(problem, nameof(connectionString));
        }

        var options = new RealtimeGatewayRedisOptions();
        configure?.Invoke(options);
        var keys = new RedisKeys(options.KeyPrefix);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new RedisLink(
            configuration, keys, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisLink>>()));
        services.Replace(ServiceDescriptor.Singleton<IBackplane, RedisBackplane>());
        // Whatever the control plane has added, or is going to: a fleet has one store.
        services.Replace(ServiceDescriptor.Singleton<IApiStore, RedisApiStore>());
        services.TryAddSingleton<FleetLimits>();
        services.Replace(ServiceDescriptor.Singleton<IFleetQuotas, RedisFleetQuotas>());
        services.AddHostedService<FleetLimitsLoop>();
        services.AddRealtimeGatewayFleet();
        return builder;
    }
}
