using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.Hosting;

/// <summary>The gateway of this application: what it serves, and how to change that while it runs.</summary>
public sealed class Gateway
{
    private readonly ActiveStages _stages;
    private readonly ConnectionTable _connections;
    private readonly Drain _drain;
    private readonly IMembership _membership;

    internal Gateway(ActiveStages stages, ConnectionTable connections, Drain drain, IMembership membership)
    {
        _stages = stages;
        _connections = connections;
        _drain = drain;
        _membership = membership;
    }

    /// <summary>How many clients are connected to this node.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Whether the node may be sent clients: a configuration has been taken over, the node has joined its fleet, and it does not leave.</summary>
    public bool IsReady => _stages.HasConfiguration && HasJoined && !IsDraining;

    /// <summary>
    /// Whether the fleet has ever known this process; always where there is no fleet. Before that the other nodes would call its clients gone. It stays so while
    /// the fleet cannot be reached.
    /// </summary>
    public bool HasJoined => _membership.HasJoined;

    /// <summary>Whether the node leaves: it takes no new clients and closes those that it has.</summary>
    public bool IsDraining => _drain.IsDraining;

    /// <summary>What is served; empty before a configuration has been taken over.</summary>
    public GatewayConfiguration Configuration => _stages.Configuration;

    /// <summary>
    /// Serves <paramref name="configuration"/> from now on. Open sockets stay open and see it with their next message; those of a stage that is
    /// gone are closed with 1001.
    /// </summary>
    /// <returns>Everything that is wrong with it; then nothing has changed.</returns>
    public ImmutableArray<ConfigurationError> Apply(GatewayConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return _stages.Apply(configuration);
    }

    /// <summary>Says what is wrong with a configuration, without serving it.</summary>
    public ImmutableArray<ConfigurationError> Check(GatewayConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return _stages.Check(configuration);
    }
}
