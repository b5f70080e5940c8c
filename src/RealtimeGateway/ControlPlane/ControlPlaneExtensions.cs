using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.ControlPlane.V2;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Store;

namespace RealtimeGateway.ControlPlane;

/// <summary>Lets AWS's own tools drive the gateway of an application.</summary>
public static class ControlPlaneExtensions
{
    /// <summary>Adds the control plane and its store. Serve it with <see cref="MapRealtimeGatewayControlPlane"/>, where only operators reach it.</summary>
    public static IHostApplicationBuilder AddRealtimeGatewayControlPlane(
        this IHostApplicationBuilder builder, Action<RealtimeGatewayControlPlaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RealtimeGatewayControlPlaneOptions>().Configure(configure ?? (static _ => { }));
        services.TryAddSingleton(static provider => provider.GetRequiredService<IOptions<RealtimeGatewayControlPlaneOptions>>().Value);
        services.TryAddSingleton<IApiStore>(static provider => SqliteApiStore.Open(
            Path.Combine(provider.GetRequiredService<RealtimeGatewayControlPlaneOptions>().DataDirectory, "control-plane.db")));
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<RealtimeGatewayControlPlaneOptions>();
            return new ControlPlaneNames(provider.GetRequiredService<GatewayAccess>().AccountId, options.PublicUrl, options.ConfigurationName);
        });
        services.TryAddSingleton<AuthoredResources>();
        services.TryAddSingleton<AutoDeployment>();
        services.TryAddSingleton(static _ => new OperationTable(V2Operations.All));
        services.TryAddSingleton<CommandExecutor>();
        services.TryAddSingleton<ControlPlaneEndpoint>();
        services.AddHostedService<ControlPlaneHost>();
        return builder;
    }

    /// <summary>Serves the operations of apigatewayv2 below <c>/v2</c>.</summary>
    public static IEndpointConventionBuilder MapRealtimeGatewayControlPlane(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RequestDelegate serve = endpoints.ServiceProvider.GetRequiredService<ControlPlaneEndpoint>().HandleAsync;
        return endpoints.Map("/v2/{**path}", serve).WithDisplayName("RealtimeGateway control plane");
    }
}
