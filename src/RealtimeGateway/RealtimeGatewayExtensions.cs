using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.Authorization.Jwt;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Hosting;
using RealtimeGateway.Integrations;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Management;
using RealtimeGateway.Signing;
using RealtimeGateway.Throttling;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway;

/// <summary>Hosts the gateway in an ASP.NET Core application.</summary>
public static class RealtimeGatewayExtensions
{
    /// <summary>Adds the gateway. Serve it with <see cref="MapRealtimeGateway"/>; change what it serves through <see cref="Gateway"/>.</summary>
    public static IHostApplicationBuilder AddRealtimeGateway(
        this IHostApplicationBuilder builder, Action<RealtimeGatewayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RealtimeGatewayOptions>().Configure(configure ?? (static _ => { }));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton<TraceIds>();
        AddConnections(services);
        AddIntegrations(services);
        AddAccess(services);
        AddStages(services);
        services.TryAddSingleton<ConnectionLifecycle>();
        services.TryAddSingleton<MessageDispatcher>();
        services.TryAddSingleton<WebSocketEndpoint>();
        services.TryAddSingleton<CallNames>();
        services.TryAddSingleton<ConnectionsEndpoint>();
        services.TryAddSingleton<DataEndpoint>();
        services.TryAddSingleton(static provider =>
            new Gateway(provider.GetRequiredService<ActiveStages>(), provider.GetRequiredService<ConnectionTable>()));
        services.AddHostedService<GatewayHost>();
        return builder;
    }

    /// <summary>
    /// Serves clients and @connections on every path that no other endpoint of the application takes: <c>/{stage}</c>, <c>/{apiId}/{stage}</c> and
    /// below them <c>/@connections/{id}</c>.
    /// </summary>
    public static IEndpointConventionBuilder MapRealtimeGateway(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RequestDelegate serve = endpoints.ServiceProvider.GetRequiredService<DataEndpoint>().HandleAsync;
        return endpoints.Map("{**path}", serve).WithDisplayName("RealtimeGateway").WithOrder(int.MaxValue);
    }

    private static void AddConnections(IServiceCollection services)
    {
        services.TryAddSingleton<ConnectionTable>();
        services.TryAddSingleton(static _ => OutboundBudget.ForThisProcess());
        services.AddHostedService<ConnectionSweeper>();
    }

    private static void AddIntegrations(IServiceCollection services)
    {
        services.TryAddSingleton<BackendClient>();
        services.TryAddSingleton(static _ => new AwsEndpoints(Environment.GetEnvironmentVariable));
        services.TryAddSingleton<AwsCredentialSource>();
        services.TryAddSingleton<SigV4Signer>();
        services.TryAddSingleton<RoleCredentials>();
        services.TryAddSingleton<AwsClient>();
        services.TryAddSingleton<IntegrationResources>();
        services.TryAddSingleton<IntegrationCompiler>();
    }

    private static void AddAccess(IServiceCollection services)
    {
        services.AddOptions<GatewayAccessOptions>().BindConfiguration(GatewayAccessOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayAccessOptions>, GatewayAccessValidation>());
        services.TryAddSingleton<GatewayAccess>();
        services.TryAddSingleton<JwtValidators>();
        services.TryAddSingleton<AuthorizerCompiler>();
        services.TryAddSingleton<AdmissionCompiler>();
        services.TryAddSingleton<UsagePlanCompiler>();
        services.TryAddSingleton<Throttles>();
        services.TryAddSingleton<RouteThrottleCompiler>();
        services.TryAddSingleton<CallerCheck>();
    }

    private static void AddStages(IServiceCollection services)
    {
        services.TryAddSingleton<StageCompiler>();
        services.TryAddSingleton<GatewayCompiler>();
        services.TryAddSingleton<ActiveStages>();
    }
}
