using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.Authorization.Jwt;
using RealtimeGateway.Authorization;
using RealtimeGateway.Cluster;
using RealtimeGateway.Configuration;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.FrontDoor;
using RealtimeGateway.Hosting;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Integrations;
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
        AddDiagnostics(services);
        AddConnections(services);
        AddCluster(services);
        AddIntegrations(services);
        AddAccess(services);
        AddStages(services);
        AddLeaving(services);
        services.TryAddSingleton<EventRecorder>();
        services.TryAddSingleton<DisconnectTeller>();
        services.TryAddSingleton<ConnectionLifecycle>();
        services.TryAddSingleton<MessageDispatcher>();
        services.TryAddSingleton<WebSocketEndpoint>();
        services.TryAddSingleton<HeadDeadlines>();
        services.AddHostedService(static provider => provider.GetRequiredService<HeadDeadlines>());
        services.TryAddSingleton<EarlyTakeOver>();
        services.TryAddSingleton<CallNames>();
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<RealtimeGatewayOptions>>().Value;
            return TrustedProxies.TryCreate([.. options.TrustedProxies], options.ForwardedHeader, out var trusted, out var problem)
                ? trusted
                : throw new InvalidOperationException($"RealtimeGatewayOptions.{problem}.");
        });
        services.TryAddSingleton<CallRecorder>();
        services.TryAddSingleton<ConnectionsEndpoint>();
        services.TryAddSingleton<FanOut>();
        services.TryAddSingleton<ManyConnectionsEndpoint>();
        services.TryAddSingleton<DataEndpoint>();
        services.TryAddSingleton(static provider => new Gateway(
            provider.GetRequiredService<ActiveStages>(),
            provider.GetRequiredService<ConnectionTable>(),
            provider.GetRequiredService<Drain>(),
            provider.GetRequiredService<IMembership>()));
        services.AddHostedService<GatewayHost>();
        return builder;
    }

    /// <summary>
    /// Serves what a configuration file says, from the start on and after every change of it. A change that is wrong is told in the log and
    /// changes nothing; a file that is wrong at the start stops the start. Its form: <c>gateway.schema.json</c>, or docs/configuration.md.
    /// </summary>
    /// <param name="builder">The application; <see cref="AddRealtimeGateway"/> is called as well.</param>
    /// <param name="file">The path of the file.</param>
    public static IHostApplicationBuilder AddRealtimeGatewayFile(this IHostApplicationBuilder builder, string file)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(file);
        builder.Services.AddSingleton(services => new GatewayFileWatcher(
            file,
            services.GetRequiredService<Gateway>().Apply,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<GatewayFileWatcher>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<GatewayFileWatcher>());
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

    /// <summary>
    /// Has the gateway take WebSockets over before Kestrel's HTTP, which saves memory and time for each. Call it after <c>UseHttps</c>, on a listener that is the
    /// gateway's alone: a WebSocket for a stage then passes by the application's middleware and endpoints. Everything else does not.
    /// </summary>
    public static ListenOptions UseRealtimeGateway(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var early = new Lazy<EarlyTakeOver>(listen.ApplicationServices.GetRequiredService<EarlyTakeOver>);
        listen.Use(next => connection => early.Value.ServeAsync(connection, next));
        return listen;
    }

    private static void AddDiagnostics(IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(static provider =>
        {
            var outbound = provider.GetRequiredService<OutboundBudget>();
            return new GatewayMetrics(provider.GetRequiredService<IMeterFactory>(), () => outbound.UsedBytes);
        });
        services.TryAddSingleton(static provider => new AccessLogs(
            provider.GetRequiredService<IOptions<RealtimeGatewayOptions>>().Value.DataDirectory,
            AccessLogs.OpenSink,
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AccessLogs>>()));
    }

    private static void AddConnections(IServiceCollection services)
    {
        services.TryAddSingleton<ConnectionTable>();
        services.TryAddSingleton<IConnectionRecords, NoConnectionRecords>();
        services.TryAddSingleton(static _ => OutboundBudget.ForThisProcess());
        services.AddHostedService<ConnectionSweeper>();
    }

    /// <summary>A node that is alone, until <see cref="AddRealtimeGatewayFleet"/> makes it one of several.</summary>
    private static void AddCluster(IServiceCollection services)
    {
        services.TryAddSingleton<IMembership, LoneNode>();
        services.TryAddSingleton<DeliveryLog>();
        services.TryAddSingleton<LocalConnections>();
        services.TryAddSingleton(static provider => new ConnectionRouter(
            provider.GetRequiredService<LocalConnections>(),
            provider.GetRequiredService<IMembership>(),
            provider.GetService<NodeBus>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>
    /// Makes the node one of a fleet, over the <see cref="IBackplane"/> that is registered as well. The bus listens before the node announces itself and until
    /// it has left: a node that can be seen must answer.
    /// </summary>
    internal static IServiceCollection AddRealtimeGatewayFleet(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new FleetOptions
        {
            NodeName = provider.GetRequiredService<IOptions<RealtimeGatewayOptions>>().Value.NodeName,
        });
        services.TryAddSingleton<FleetMetrics>();
        services.TryAddSingleton<Membership>();
        services.Replace(ServiceDescriptor.Singleton<IMembership>(static provider => provider.GetRequiredService<Membership>()));
        services.TryAddSingleton<ConnectionRecords>();
        services.Replace(ServiceDescriptor.Singleton<IConnectionRecords>(static provider => provider.GetRequiredService<ConnectionRecords>()));
        services.TryAddSingleton(static provider =>
        {
            var stages = provider.GetRequiredService<ActiveStages>();
            return new Reaper(
                provider.GetRequiredService<IBackplane>(),
                provider.GetRequiredService<Membership>(),
                provider.GetRequiredService<DisconnectTeller>().TellForDeadNodeAsync,
                provider.GetRequiredService<FleetOptions>(),
                Random.Shared,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<FleetMetrics>(),
                provider.GetRequiredService<ILogger<Reaper>>()) { IsReady = () => stages.HasConfiguration };
        });
        services.AddNodeBus();
        services.AddHostedService<FleetMember>();
        return services;
    }

    /// <summary>The way to other nodes alone, for whoever knows by other means who they are.</summary>
    internal static IServiceCollection AddNodeBus(this IServiceCollection services)
    {
        services.TryAddSingleton<NodeBus>();
        return services.AddHostedService(static provider => provider.GetRequiredService<NodeBus>());
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

    private static void AddLeaving(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new PacedClose(provider.GetRequiredService<TimeProvider>(), Random.Shared));
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<RealtimeGatewayOptions>>().Value;
            return new Drain(
                provider.GetRequiredService<ConnectionTable>(),
                provider.GetRequiredService<ConnectionLifecycle>(),
                provider.GetRequiredService<MessageDispatcher>(),
                provider.GetRequiredService<IMembership>(),
                provider.GetRequiredService<PacedClose>(),
                new DrainTimes(options.DrainDelay, options.DrainTime, options.StopTimeout),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<Drain>>());
        });
        services.TryAddSingleton(static provider => new Rebalance(
            provider.GetRequiredService<ConnectionTable>(),
            provider.GetRequiredService<PacedClose>(),
            Random.Shared,
            provider.GetRequiredService<ILogger<Rebalance>>()));
    }

    private static void AddStages(IServiceCollection services)
    {
        services.TryAddSingleton<StageCompiler>();
        services.TryAddSingleton<GatewayCompiler>();
        services.TryAddSingleton<ActiveStages>();
    }
}
