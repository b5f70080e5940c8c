using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.ControlPlane.V1;
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
        services.TryAddSingleton(static provider => new OperationTable(
            [.. V2Operations.All, .. V1Operations.All(provider.GetRequiredService<UsagePlanCompiler>().FindUsage)]));
        services.TryAddSingleton<CallerIdentityEndpoint>();
        services.TryAddSingleton<CommandExecutor>();
        services.TryAddSingleton<OperatorCheck>();
        services.TryAddSingleton<ControlPlaneEndpoint>();
        services.AddHostedService<ControlPlaneHost>();
        return builder;
    }

    /// <summary>
    /// Serves the operations of apigatewayv2 and apigateway, and STS's GetCallerIdentity, to operators (<see cref="GatewayAccessOptions"/>): on <c>/v2</c>,
    /// <c>/apikeys</c>, <c>/usageplans</c>, <c>/account</c>, <c>/tags</c>, <c>/restapis</c> and so on, and on <c>POST /</c>.
    /// </summary>
    public static IEndpointConventionBuilder MapRealtimeGatewayControlPlane(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var endpoint = services.GetRequiredService<ControlPlaneEndpoint>();
        var serve = services.GetRequiredService<OperatorCheck>().Guard(endpoint.HandleAsync, endpoint.RefuseAsync);
        var group = endpoints.MapGroup("").WithDisplayName("RealtimeGateway control plane");
        foreach (var root in V1Operations.Roots.Add("v2"))
        {
            group.Map($"/{root}/{{**path}}", serve);
        }

        RequestDelegate identify = services.GetRequiredService<CallerIdentityEndpoint>().HandleAsync;
        group.MapPost("/", identify);
        return group;
    }
}
