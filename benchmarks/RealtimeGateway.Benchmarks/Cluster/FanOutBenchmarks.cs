using BenchmarkDotNet.Attributes;
using RealtimeGateway.Apis;
using RealtimeGateway.Benchmarks.Dispatch;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Benchmarks.Cluster;

/// <summary>What does one more connection cost a message that goes to many, on the node that has it?</summary>
[MemoryDiagnoser]
public class FanOutBenchmarks
{
    private static readonly ApiId Api = ApiId.Parse("chat");

    private readonly DiscardingTransport _transport = new();
    private readonly ConnectionTable _table = new();
    private readonly LocalConnections _local;
    private readonly SharedMessage _message = new(Payloads.Json(128), isBinary: false);
    private readonly ConnectionId _id = ConnectionId.Create(1, [1, 2, 3, 4, 5, 6, 7, 8, 9]);

    public FanOutBenchmarks()
    {
        var client = new ClientIdentity
        {
            ApiId = Api, StageName = "prod", DomainName = "localhost", SourceIp = "127.0.0.1", ConnectedAt = TimeProvider.System.GetUtcNow(),
        };
        var connection = new Connection(_id, client, _transport, new StageLimits(), new OutboundBudget(1 << 20), TimeProvider.System);
        connection.TransportReady();
        _table.Add(connection);
        _local = new LocalConnections(_table, new DeliveryLog(TimeProvider.System));
    }

    /// <summary>The client takes it at once.</summary>
    [Benchmark]
    public int Deliver()
    {
        _transport.TakenBytes = 0;
        return _local.Find(_id, Api) is { } connection && _local.Post(connection, _message, default) == DeliveryOutcome.Done && _transport.TakenBytes > 0
            ? _transport.TakenBytes
            : throw new InvalidOperationException("It was not delivered.");
    }
}
