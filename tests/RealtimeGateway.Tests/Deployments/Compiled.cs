using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.Tests.Deployments;

/// <summary>The compiler as an application gets it.</summary>
internal static class Compiled
{
    /// <summary>The errors of a configuration, as text, and what it compiles to.</summary>
    public static (ImmutableArray<ConfigurationError> Errors, CompiledStage[]? Stages) Of(GatewayConfiguration configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRealtimeGateway();
        using var host = builder.Build();
        var errors = host.Services.GetRequiredService<GatewayCompiler>().Compile(configuration, out var stages);
        return (errors, stages);
    }

    /// <summary>An API of mock routes.</summary>
    public static Api Api(string id, params string[] stages) => new()
    {
        Id = ApiId.Parse(id),
        Routes = [new Route { RouteKey = Route.Default }],
        Stages = [.. stages.Select(name => new Stage { Name = name })],
    };
}
