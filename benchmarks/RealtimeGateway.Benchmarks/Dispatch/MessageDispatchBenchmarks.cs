using System.Buffers;
using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>What does a message cost from the reader's hands through its route and a MOCK integration, which answers at once?</summary>
[MemoryDiagnoser]
public class MessageDispatchBenchmarks
{
    private static readonly ImmutableSortedDictionary<string, string> Ok =
        ImmutableSortedDictionary<string, string>.Empty.Add("$default", """{"statusCode": 200}""");

    private static readonly Api EchoApi = new()
    {
        Id = ApiId.Parse("chat"),
        Integrations =
        [
            new() { Id = "silent", Type = IntegrationType.Mock },
            new()
            {
                Id = "echo",
                Type = IntegrationType.Mock,
                RequestTemplates = Ok,
                Responses = [new() { Key = "$default", ResponseTemplates = Ok.SetItem("$default", "$input.body") }],
            },
        ],
        Routes =
        [
            new() { RouteKey = "sendMessage", Target = "echo", HasRouteResponse = true },
            new() { RouteKey = "silent", Target = "silent" },
        ],
        Stages = [new() { Name = "prod" }],
    };

    private readonly byte[] _echoed = Payloads.Json(128);
    private readonly byte[] _silent = """{"action":"silent"}"""u8.ToArray();
    private readonly byte[] _unrouted = """{"action":"nobody knows this one"}"""u8.ToArray();
    private readonly DiscardingTransport _transport = new();
    private readonly ServiceProvider _services = Serve();
    private readonly MessageDispatcher _dispatcher;
    private readonly Session _session;

    public MessageDispatchBenchmarks()
    {
        _dispatcher = _services.GetRequiredService<MessageDispatcher>();
        _session = Open();
    }

    /// <summary>One way.</summary>
    [Benchmark(Baseline = true)]
    public int Mock() => Dispatch(_silent, expectedBytes: 0);

    /// <summary>Two ways: templates make the answer, which goes to the client's transport.</summary>
    [Benchmark]
    public int Echo() => Dispatch(_echoed, expectedBytes: 128);

    /// <summary>No route: the client is told so.</summary>
    [Benchmark]
    public int Forbidden() => Dispatch(_unrouted, expectedBytes: null);

    private int Dispatch(byte[] message, int? expectedBytes)
    {
        // The reader hands over rented memory, and the dispatcher gives it back.
        var rented = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(rented, 0);
        _transport.TakenBytes = 0;
        var done = _dispatcher.DispatchAsync(_session, new PooledBytes(rented, message.Length), isBinary: false);
        var isRight = expectedBytes is { } bytes ? _transport.TakenBytes == bytes : _transport.TakenBytes > 0;
        return done.IsCompletedSuccessfully && isRight
            ? _transport.TakenBytes
            : throw new InvalidOperationException($"The client got {_transport.TakenBytes} bytes.");
    }

    /// <summary>Everything as the gateway itself puts it together, but for the transport.</summary>
    private Session Open()
    {
        var slot = _services.GetRequiredService<ActiveStages>().Table.Slots[0];
        var client = new ClientIdentity
        {
            ApiId = slot.Current.Identity.ApiId,
            StageName = slot.Current.Identity.Name,
            DomainName = "localhost",
            SourceIp = "127.0.0.1",
            ConnectedAt = TimeProvider.System.GetUtcNow(),
        };
        var ids = _services.GetRequiredService<IdSource>();
        var connection = new Connection(ids.NextConnectionId(), client, _transport, slot.Current.Limits, new OutboundBudget(1 << 20), TimeProvider.System);
        connection.TransportReady();
        return new Session(connection, slot);
    }

    private static ServiceProvider Serve()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRealtimeGateway();
        var services = ((HostApplicationBuilder)builder).Services.BuildServiceProvider();
        var errors = services.GetRequiredService<ActiveStages>().Apply(new GatewayConfiguration { Apis = [EchoApi] });
        return errors.IsEmpty ? services : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }
}
