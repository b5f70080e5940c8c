namespace RealtimeGateway.ControlPlane;

/// <summary>How the control plane keeps and names what tools make.</summary>
public sealed class RealtimeGatewayControlPlaneOptions
{
    /// <summary>The directory of the embedded store, <c>control-plane.db</c>. Default <c>./data</c>; made when needed.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>
    /// Where clients reach an API: a URL with <c>{apiId}</c> in it, which is shown as <c>apiEndpoint</c>. Asked for each answer, since the port may not be
    /// bound when this is set. Default <c>ws://localhost:8080/{apiId}</c>.
    /// </summary>
    public Func<string> PublicUrl { get; set; } = static () => "ws://localhost:8080/{apiId}";

    /// <summary>What messages call the configuration that tools can read but not change. Default <c>the gateway's own configuration</c>.</summary>
    public string ConfigurationName { get; set; } = "the gateway's own configuration";
}
