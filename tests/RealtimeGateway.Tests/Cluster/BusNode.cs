using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Tests.Connections;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>One node of a fleet in this process, without its HTTP side.</summary>
internal sealed class BusNode : IDisposable
{
    public static readonly ApiId Api = ApiId.Parse("chat");

    private static readonly StageLimits Limits = new() { PingInterval = TimeSpan.Zero };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time;
    private int _connections;

    public BusNode(uint incarnation, FakeWire wire, FakeTimeProvider time)
    {
        _time = time;
        Membership = new FakeMembership(incarnation);
        Local = new LocalConnections(Table, new DeliveryLog(time));
        Meters = _services.GetRequiredService<IMeterFactory>();
        Bus = new NodeBus(wire, Local, Membership, new GatewayMetrics(Meters, static () => 0), time, NullLogger<NodeBus>.Instance);
        Router = new ConnectionRouter(Local, Membership, Bus, time);
        FanOut = new FanOut(Router, Local, Membership, time);
    }

    public FakeMembership Membership { get; }

    public ConnectionTable Table { get; } = new();

    public LocalConnections Local { get; }

    public NodeBus Bus { get; }

    public ConnectionRouter Router { get; }

    public FanOut FanOut { get; }

    public IMeterFactory Meters { get; }

    public static BusNode Started(uint incarnation, FakeWire wire, FakeTimeProvider time)
    {
        var node = new BusNode(incarnation, wire, time);
        Assert.True(node.Bus.ListenAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        return node;
    }

    /// <summary>Opens a connection of this node.</summary>
    public (ConnectionId Id, FakeTransport Transport) Open(StageLimits? limits = null)
    {
        _connections++;
        var id = ConnectionId.Create(Membership.Incarnation, [1, 2, 3, 4, 5, 6, 7, (byte)(8 + (_connections >> 8)), (byte)_connections]);
        var transport = new FakeTransport();
        var client = new ClientIdentity
        {
            ApiId = Api, StageName = "prod", DomainName = "localhost", SourceIp = "192.0.2.1", UserAgent = "test/1 \u00e9", ConnectedAt = _time.GetUtcNow(),
        };
        var connection = new Connection(id, client, transport, limits ?? Limits, new OutboundBudget(100_000_000), _time);
        connection.TransportReady();
        Table.Add(connection);
        return (id, transport);
    }

    /// <summary>Lets two nodes exchange batches, so that both know the shortest way to the other.</summary>
    public void Meet(BusNode other) => Assert.Equal(DeliveryOutcome.Gone, PostAsync(ConnectionId.Create(other.Membership.Incarnation, new byte[9]), "").Result);

    /// <summary>Asks another node by the bus, whatever is known of it.</summary>
    public Task<DeliveryOutcome> PostAsync(ConnectionId id, string text, DeliveryKey key = default) => PostAsync(id, Encoding.UTF8.GetBytes(text), key);

    public Task<DeliveryOutcome> PostAsync(ConnectionId id, byte[] payload, DeliveryKey key = default) =>
        Bus.AskAsync(new RemoteCall(CallKind.Post, id, Api, Bus.Clock.Now) { Payload = payload, Key = key }).AsTask();

    public void Dispose()
    {
        Bus.Dispose();
        _services.Dispose();
    }
}
