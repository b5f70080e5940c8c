using RealtimeGateway.Apis;

namespace RealtimeGateway.Hosting;

/// <summary>How an application hosts the gateway.</summary>
public sealed class RealtimeGatewayOptions
{
    /// <summary>What is served from the start. Default: nothing, until <see cref="Gateway.Apply"/> says so.</summary>
    public GatewayConfiguration Configuration { get; set; } = GatewayConfiguration.Empty;

    /// <summary>Where the gateway keeps its files, and where relative paths of the configuration begin. Made when first needed. Default <c>./data</c>.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>What operators call this node, in lists of a fleet. Default: the name of the machine and the process id.</summary>
    public string NodeName { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>
    /// How long the gateway waits, when the application stops, for its clients to answer their close frames and for <c>$disconnect</c> to be told.
    /// Default 10 s; keep it below the host's shutdown timeout (30 s).
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
