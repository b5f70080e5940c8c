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
    /// Addresses and networks (<c>10.1.0.0/16</c>) of the proxies whose <see cref="ForwardedHeader"/> is believed. Default none: whoever is at the other end of
    /// the socket is the client. Leave it empty where the application uses ASP.NET Core's own forwarded headers middleware.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// <c>X-Forwarded-For</c> (default; with <c>X-Forwarded-Proto</c> and <c>X-Forwarded-Host</c>) or <c>Forwarded</c> (RFC 7239): the one that the trusted proxies write.
    /// </summary>
    public string ForwardedHeader { get; set; } = FrontDoor.TrustedProxies.XForwarded;

    /// <summary>
    /// How long the gateway waits, when the application stops, from being no longer ready until it closes the first client: load balancers are to see
    /// that first. Default 0.
    /// </summary>
    public TimeSpan DrainDelay { get; set; }

    /// <summary>
    /// The time over which the clients are closed, with 1001, when the application stops: spread, so that whoever takes them in is not overrun.
    /// Default 0: all at once. Keep the sum of this, <see cref="DrainDelay"/> and <see cref="StopTimeout"/> below the host's shutdown timeout (30 s).
    /// </summary>
    public TimeSpan DrainTime { get; set; }

    /// <summary>
    /// How long the gateway waits, when the application stops, after the last client was sent its close frame, for clients to answer theirs, for
    /// messages that are at their integrations, and for <c>$disconnect</c> to be told. Default 10 s.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
