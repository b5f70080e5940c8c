using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Tests.Connections;

namespace RealtimeGateway.Tests.Dispatch;

/// <summary>What a fleet asks of the story of a connection.</summary>
public sealed class ConnectionLifecycleTests : IDisposable
{
    private readonly Records _records = new();
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();
    private int _told;

    public ConnectionLifecycleTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IConnectionRecords>(_records);
        builder.AddRealtimeGateway();
        _services = builder.Services.BuildServiceProvider();
        var api = new Api { Id = ApiId.Parse("chat"), Name = "chat", RouteSelectionExpression = "$request.body.action", Stages = [new() { Name = "prod" }] };
        Assert.Empty(_services.GetRequiredService<ActiveStages>().Apply(new GatewayConfiguration { Apis = [api] }));
        var meters = _services.GetRequiredService<IMeterFactory>();
        // A $disconnect counts as a message even where no route takes it.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "realtimegateway.messages" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _told, (int)value));
        _listener.Start();
    }

    private ConnectionLifecycle Lifecycle => _services.GetRequiredService<ConnectionLifecycle>();

    private ConnectionTable Connections => _services.GetRequiredService<ConnectionTable>();

    private IdSource Ids => _services.GetRequiredService<IdSource>();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Open_IsFoundOnlyOnceItsRecordIsKept()
    {
        _records.Kept = new TaskCompletionSource();
        var id = Ids.NextConnectionId();
        var open = OpenAsync(id, new FakeTransport());
        Assert.Equal([id], _records.Added);
        Assert.Equal(0, Connections.Count);

        _records.Kept.SetResult();
        await open;
        Assert.Equal(1, Connections.Count);
    }

    [Fact]
    public async Task End_WaitsUntilItMayBeToldAndRemovesTheRecordAfter()
    {
        var session = await OpenAsync(Ids.NextConnectionId(), new FakeTransport());
        Lifecycle.End(session);
        Assert.Equal(0, Connections.Count);
        Assert.Equal(1, Lifecycle.Pending);
        Assert.Equal(0, _told);
        Assert.Empty(_records.Removed);

        _records.MayTell.SetResult(true);
        await UntilNothingIsPendingAsync();
        Assert.Equal(1, _told);
        Assert.Equal([session.Connection.Id], _records.Removed);
    }

    [Fact]
    public async Task End_ThatOthersHaveTold_IsNotTold()
    {
        var session = await OpenAsync(Ids.NextConnectionId(), new FakeTransport());
        _records.MayTell.SetResult(false);
        Lifecycle.End(session);
        await UntilNothingIsPendingAsync();

        Assert.Equal(0, _told);
        Assert.Equal([session.Connection.Id], _records.Removed);
    }

    [Fact]
    public async Task Abandon_ClosesWhatIsOfTheOldIncarnationWith1012()
    {
        var transport = new FakeTransport();
        var old = await OpenAsync(Ids.NextConnectionId(), transport);
        old.Connection.TransportReady();
        var incarnation = Ids.Renew();
        var current = await OpenAsync(Ids.NextConnectionId(), new FakeTransport());
        Lifecycle.Abandon(incarnation);

        Assert.Equal(CloseReason.Restarted, old.Connection.Reason);
        Assert.StartsWith("close:1012", transport.Sent[^1], StringComparison.Ordinal);
        Assert.True(current.Connection.IsOpen);
    }

    [Fact]
    public async Task Open_CondemnedMeanwhile_IsClosedWith1012()
    {
        var id = Ids.NextConnectionId();
        Lifecycle.Abandon(Ids.Renew());
        var session = await OpenAsync(id, new FakeTransport());

        Assert.False(session.Connection.IsOpen);
        Assert.Equal(CloseReason.Restarted, session.Connection.Reason);
    }

    private Task<Session> OpenAsync(ConnectionId id, FakeTransport transport)
    {
        var slot = _services.GetRequiredService<ActiveStages>().Table.Slots[0];
        var client = new ClientIdentity
        {
            ApiId = slot.Current.Identity.ApiId,
            StageName = slot.Current.Identity.Name,
            DomainName = "localhost",
            SourceIp = "127.0.0.1",
            ConnectedAt = DateTimeOffset.UnixEpoch,
        };
        return Lifecycle.OpenAsync(slot, id, client, transport).AsTask();
    }

    private async Task UntilNothingIsPendingAsync()
    {
        while (Lifecycle.Pending > 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Records : IConnectionRecords
    {
        public List<ConnectionId> Added { get; } = [];

        public List<ConnectionId> Removed { get; } = [];

        public TaskCompletionSource? Kept { get; set; }

        public TaskCompletionSource<bool> MayTell { get; } = new();

        public ValueTask AddAsync(ConnectionId id, ClientIdentity client)
        {
            Added.Add(id);
            return Kept is { } kept ? new ValueTask(kept.Task) : default;
        }

        public ValueTask<bool> MayTellEndAsync(ConnectionId id) => new(MayTell.Task);

        public void Remove(ConnectionId id) => Removed.Add(id);
    }
}
