using System.Buffers;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>Everything as the gateway itself puts it together, but for the transport and for what takes the lines of access logs.</summary>
internal sealed class DispatchBed
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
            new() { Id = "forward", Type = IntegrationType.HttpProxy, Uri = "http://back-end.test/" },
        ],
        Routes =
        [
            new() { RouteKey = "forward", Target = "forward", HasRouteResponse = true },
            new() { RouteKey = "sendMessage", Target = "echo", HasRouteResponse = true },
            new() { RouteKey = "silent", Target = "silent" },
        ],
    };

    private readonly DiscardingTransport _transport = new();
    private readonly ServiceProvider _services;
    private readonly MessageDispatcher _dispatcher;
    private readonly Session _session;

    public DispatchBed(AccessLogSettings? accessLog = null)
    {
        _services = Serve(accessLog);
        _dispatcher = _services.GetRequiredService<MessageDispatcher>();
        _session = Open();
    }

    /// <summary>Dispatches a message that is not answered at once, and waits until it is.</summary>
    public void DispatchSlowly(byte[] message)
    {
        var started = Start(message);
        if (!started.IsCompletedSuccessfully
            || !SpinWait.SpinUntil(() => _session.InFlight == 0, TimeSpan.FromSeconds(10))
            || _transport.TakenBytes == 0)
        {
            throw new InvalidOperationException("No answer came.");
        }
    }

    /// <summary>Dispatches a message and returns how many bytes the client got.</summary>
    public int Dispatch(byte[] message, int? expectedBytes)
    {
        var done = Start(message);
        var isRight = expectedBytes is { } bytes ? _transport.TakenBytes == bytes : _transport.TakenBytes > 0;
        return done.IsCompletedSuccessfully && isRight
            ? _transport.TakenBytes
            : throw new InvalidOperationException($"The client got {_transport.TakenBytes} bytes.");
    }

    private ValueTask Start(byte[] message)
    {
        // The reader hands over rented memory, and the dispatcher gives it back.
        var rented = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(rented, 0);
        _transport.TakenBytes = 0;
        return _dispatcher.DispatchAsync(_session, new PooledBytes(rented, message.Length), isBinary: false);
    }

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

    private static ServiceProvider Serve(AccessLogSettings? accessLog)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(static services => new AccessLogs(
            ".", static _ => new DiscardingSink(), services.GetRequiredService<GatewayMetrics>(), TimeProvider.System, NullLogger<AccessLogs>.Instance));
        builder.Services.AddSingleton<BackendSetup>(static handler => handler.ConnectCallback = static (_, _) => new ValueTask<Stream>(new EchoingStream()));
        builder.AddRealtimeGateway();
        var services = builder.Services.BuildServiceProvider();
        var api = EchoApi with { Stages = [new() { Name = "prod", AccessLog = accessLog }] };
        var errors = services.GetRequiredService<ActiveStages>().Apply(new GatewayConfiguration { Apis = [api] });
        return errors.IsEmpty ? services : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    private sealed class DiscardingSink : IAccessLogSink
    {
        public ValueTask<AccessLogAppend> AppendAsync(ReadOnlyMemory<byte> lines) => new(AccessLogAppend.Done);
    }
}
