using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.Tests.Authorization;

/// <summary>The gateway's parts as an application puts them together, with settings.</summary>
internal static class AccessSettings
{
    public static ServiceProvider Build(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.AddRealtimeGateway();
        return builder.Services.BuildServiceProvider();
    }

    /// <summary>What is wrong with one API, as lines.</summary>
    public static string[] Mistakes(Api api, GatewayConfiguration? rest = null)
    {
        using var services = Build();
        return [.. services.GetRequiredService<ActiveStages>().Check((rest ?? GatewayConfiguration.Empty) with { Apis = [api] }).Select(error => error.ToString())];
    }
}
