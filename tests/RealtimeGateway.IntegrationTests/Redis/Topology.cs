namespace RealtimeGateway.IntegrationTests.Redis;

/// <summary>The three ways in which Redis is run.</summary>
public enum Topology
{
    Standalone,
    Sentinel,
    Cluster,
}
