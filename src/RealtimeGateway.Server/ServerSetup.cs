using Microsoft.Extensions.Configuration.Memory;

namespace RealtimeGateway.Server;

/// <summary>Where the program's settings come from.</summary>
internal static class ServerSetup
{
    /// <summary>A builder whose configuration holds, from weak to strong: these defaults, <c>appsettings.json</c>, the environment, the command line.</summary>
    public static WebApplicationBuilder CreateBuilder(ServerArguments arguments)
    {
        // Watching appsettings.json would watch the whole tree below the working directory.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                // Nothing here prints scopes, and each connection would carry those of the server for as long as it lives.
                ["Logging:CaptureScopes"] = "false",
                // Keeps the host from making an activity for each request, which nobody exports.
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                // The report at the start says where it listens and what it warns of.
                ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
                ["Logging:LogLevel:RealtimeGateway.Hosting.GatewayHost"] = "Error",
            },
        });
        builder.Configuration.AddInMemoryCollection(arguments.ToSettings());
        return builder;
    }
}
