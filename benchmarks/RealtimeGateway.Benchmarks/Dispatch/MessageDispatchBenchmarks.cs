using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations;
using RealtimeGateway.Integrations.Mock;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>What does a message cost from the reader's hands through its route and an integration that answers at once?</summary>
[MemoryDiagnoser]
public class MessageDispatchBenchmarks
{
    private readonly byte[] _routed = Payloads.Json(128);
    private readonly byte[] _unrouted = """{"action":"nobody knows this one"}"""u8.ToArray();
    private readonly DiscardingTransport _transport = new();
    private readonly IdSource _ids = new();
    private readonly MessageDispatcher _dispatcher;
    private readonly Session _mock;
    private readonly Session _answering;

    public MessageDispatchBenchmarks()
    {
        _dispatcher = new MessageDispatcher(_ids, TimeProvider.System, NullLogger<MessageDispatcher>.Instance);
        _mock = Open(new MockIntegration());
        _answering = Open(new AnsweringIntegration());
    }

    /// <summary>One way, to MOCK.</summary>
    [Benchmark(Baseline = true)]
    public int Mock() => Dispatch(_mock, _routed, expectedBytes: 0);

    /// <summary>Two ways: the answer goes to the client's transport.</summary>
    [Benchmark]
    public int Answer() => Dispatch(_answering, _routed, expectedBytes: 128);

    /// <summary>No route: the client is told so.</summary>
    [Benchmark]
    public int Forbidden() => Dispatch(_mock, _unrouted, expectedBytes: null);

    private int Dispatch(Session session, byte[] message, int? expectedBytes)
    {
        // The reader hands over rented memory, and the dispatcher gives it back.
        var rented = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(rented, 0);
        _transport.TakenBytes = 0;
        var done = _dispatcher.DispatchAsync(session, new PooledBytes(rented, message.Length), isBinary: false);
        var isRight = expectedBytes is { } bytes ? _transport.TakenBytes == bytes : _transport.TakenBytes > 0;
        return done.IsCompletedSuccessfully && isRight
            ? _transport.TakenBytes
            : throw new InvalidOperationException($"The client got {_transport.TakenBytes} bytes.");
    }

    private Session Open(IIntegration integration)
    {
        if (!SelectionExpression.TryParse("$request.body.action", SelectionScope.Route, out var selection, out var error))
        {
            throw new FormatException(error);
        }

        var route = new CompiledRoute
        {
            Key = "sendMessage",
            Integration = integration,
            IsTwoWay = true,
            Concurrency = RouteConcurrency.Parallel(RouteConcurrency.DefaultBound),
        };
        var stage = new CompiledStage
        {
            Identity = new StageIdentity(ApiId.Parse("chat"), "prod", ImmutableSortedDictionary<string, string>.Empty, "000000000000", "us-east-1"),
            Routes = new RouteTable(selection, [route]),
            Limits = new StageLimits(),
            AllowBinary = false,
            AllowedOrigins = FrozenSet<string>.Empty,
        };
        var client = new ClientIdentity
        {
            ApiId = stage.Identity.ApiId,
            StageName = stage.Identity.Name,
            DomainName = "localhost",
            SourceIp = "127.0.0.1",
            ConnectedAt = TimeProvider.System.GetUtcNow(),
        };
        var connection = new Connection(_ids.NextConnectionId(), client, _transport, stage.Limits, new OutboundBudget(1 << 20), TimeProvider.System);
        connection.TransportReady();
        return new Session(connection, new StageSlot(stage));
    }
}
