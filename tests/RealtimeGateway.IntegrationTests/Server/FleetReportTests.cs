using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Server.Operations;

namespace RealtimeGateway.IntegrationTests.Server;

/// <summary>Nodes and connections of a fleet, read from what the backplane has.</summary>
public sealed class FleetReportTests : IDisposable
{
    private static readonly ConnectionFilter All = new(null, null);

    private readonly ReadBackplane _backplane = new();
    private readonly IHost _host;
    private readonly FleetReport _reader;

    public FleetReportTests()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddRealtimeGateway();
        builder.Services.AddSingleton<IBackplane>(_backplane);
        builder.Services.AddSingleton<FleetReport>();
        _host = builder.Build();
        _reader = _host.Services.GetRequiredService<FleetReport>();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task List_AllPages_AreInTheOrderOfTheIds()
    {
        _backplane.Add(0xff000001, "c", 7);
        _backplane.Add(0x00000002, "a", 5);
        _backplane.Add(0x80000003, "b", 0);

        var seen = new List<ConnectionEntry>();
        string? next = null;
        do
        {
            var page = await _reader.ListAsync(All, null, After(next), 4, Cancellation);
            Assert.InRange(page.Connections.Length, 0, 4);
            seen.AddRange(page.Connections);
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(12, seen.Count);
        Assert.Equal(seen.Select(entry => After(entry.ConnectionId)!.Value).Order(), seen.Select(entry => After(entry.ConnectionId)!.Value));
        Assert.Equal(["a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c"], seen.Select(entry => entry.Node));
        Assert.All(seen, entry => Assert.Null(entry.LastActiveAt));
    }

    [Fact]
    public async Task List_FilterAndNode_TakeWhatTheySay()
    {
        _backplane.Add(1, "a", 6, i => i % 2 == 0 ? "prod" : "dev");
        _backplane.Add(2, "b", 6, i => i % 2 == 0 ? "prod" : "dev");

        Assert.Equal(6, (await _reader.ListAsync(new(null, "dev"), null, null, 100, Cancellation)).Connections.Length);
        Assert.Equal(3, (await _reader.ListAsync(new(ApiId.Parse("chat"), "dev"), "b", null, 100, Cancellation)).Connections.Length);
        Assert.Equal(6, (await _reader.ListAsync(All, "00000001", null, 100, Cancellation)).Connections.Length);
        Assert.Empty((await _reader.ListAsync(new(ApiId.Parse("other"), null), null, null, 100, Cancellation)).Connections);
        Assert.Empty((await _reader.ListAsync(All, "nobody", null, 100, Cancellation)).Connections);
    }

    /// <summary>A filter that takes nothing does not read everything for one answer, and still comes to the end.</summary>
    [Fact]
    public async Task List_FilterTakesNothingOfVeryMany_GoesOnPageByPage()
    {
        _backplane.Add(1, "a", 10_500);
        _backplane.Add(2, "b", 1, _ => "dev");

        var first = await _reader.ListAsync(new(null, "dev"), null, null, 100, Cancellation);
        Assert.Empty(first.Connections);
        Assert.Equal(10_000, _backplane.RecordsRead);
        var second = await _reader.ListAsync(new(null, "dev"), null, After(first.Next), 100, Cancellation);

        Assert.Equal("b", Assert.Single(second.Connections).Node);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task List_CondemnedNode_IsLeftOut()
    {
        _backplane.Add(1, "a", 3, condemned: true);

        Assert.Empty((await _reader.ListAsync(All, null, null, 100, Cancellation)).Connections);
    }

    [Fact]
    public async Task Find_OnAnotherNode_IsFoundByItsRecord()
    {
        var ids = _backplane.Add(1, "a", 2);

        Assert.Equal("prod", (await _reader.FindAsync(ids[1], Cancellation))!.Stage);
        Assert.Null(await _reader.FindAsync(ConnectionId.Create(1, new byte[9]), Cancellation));
    }

    [Fact]
    public async Task Nodes_AreTold_WithThisOneAmongThem()
    {
        var own = _host.Services.GetRequiredService<Events.IdSource>().Incarnation;
        _backplane.Add(own, "me", 0);
        _backplane.Add(1, "gone", 3, hasLease: false);

        var nodes = (await _reader.NodesAsync(Cancellation)).Nodes;

        Assert.Equal(["gone expired", "me alive"], nodes.OrderBy(node => node.Name).Select(node => $"{node.Name} {node.Lease}"));
        Assert.True(nodes.Single(node => node.Name == "me").IsSelf);
        // All tell the same of a node, itself as well.
        Assert.Single(nodes.Select(node => node.StartedAt).Distinct());
        Assert.Equal(3, nodes.Single(node => node.Name == "gone").Connections);
    }

    [Fact]
    public async Task Nodes_BackplaneAway_TellsOfItselfAndWhy()
    {
        _backplane.IsAway = true;

        var list = await _reader.NodesAsync(Cancellation);

        Assert.Equal("unknown", Assert.Single(list.Nodes).Lease);
        Assert.Equal("The other nodes are not known now: away", list.Problem);
    }

    /// <summary>This node counts as it is now; who leaves or is dead does not count.</summary>
    [Fact]
    public async Task Average_IsOfThoseThatTakeClients()
    {
        _backplane.Add(1, "a", 10);
        _backplane.Add(2, "b", 9);
        _backplane.Add(3, "dead", 100, hasLease: false);
        _backplane.Add(4, "drains", 100, drains: true);

        Assert.Equal(7, await _reader.AverageAsync(Cancellation));
    }

    private static ConnectionId? After(string? text) => text is null ? null : ConnectionId.TryParse(text, out var id) ? id : throw new FormatException(text);

    /// <summary>A backplane that is only read.</summary>
    private sealed class ReadBackplane : IBackplane
    {
        private readonly Dictionary<uint, (NodeEntry Node, Dictionary<ConnectionId, StoredRecord> Records)> _nodes = [];

        public event Action? Connected
        {
            add { }
            remove { }
        }

        public bool IsConnected => !IsAway;

        public bool IsAway { get; set; }

        public int RecordsRead { get; private set; }

        public ConnectionId[] Add(
            uint incarnation, string name, int count, Func<int, string>? stage = null, bool hasLease = true, bool condemned = false, bool drains = false)
        {
            var random = new Random((int)incarnation);
            var ids = new ConnectionId[count];
            var records = new Dictionary<ConnectionId, StoredRecord>();
            for (var i = 0; i < count; i++)
            {
                var bytes = new byte[9];
                random.NextBytes(bytes);
                ids[i] = ConnectionId.Create(incarnation, bytes);
                records.Add(ids[i], new(ids[i], Record(stage?.Invoke(i) ?? "prod")));
            }

            _nodes.Add(incarnation, (new(new(incarnation, name, DateTimeOffset.UnixEpoch, count, drains), "run", hasLease, condemned), records));
            return ids;
        }

        private static ReadOnlyMemory<byte> Record(string stage) => RecordFormat.Write(new()
        {
            ApiId = ApiId.Parse("chat"),
            StageName = stage,
            DomainName = "x",
            SourceIp = "127.0.0.1",
            ConnectedAt = DateTimeOffset.UnixEpoch,
        });

        public ValueTask<FleetView> ReadFleetAsync(CancellationToken cancellationToken) => IsAway
            ? throw new BackplaneException("away")
            : ValueTask.FromResult(new FleetView("run", [.. _nodes.Values.Select(node => node.Node)]));

        public ValueTask<ConnectionId[]> ReadRecordIdsAsync(uint owner, CancellationToken cancellationToken) => ValueTask.FromResult(_nodes[owner].Records.Keys.ToArray());

        public ValueTask<IReadOnlyList<StoredRecord>> ReadRecordsAsync(uint owner, IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
        {
            RecordsRead += ids.Count;
            return ValueTask.FromResult<IReadOnlyList<StoredRecord>>([.. ids.Where(_nodes[owner].Records.ContainsKey).Select(id => _nodes[owner].Records[id]).Reverse()]);
        }

        public ValueTask ListenAsync(uint incarnation, Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask StopListeningAsync(uint incarnation) => throw new NotSupportedException();

        public ValueTask<SendResult> SendAsync(uint target, ReadOnlyMemory<byte> batch) => throw new NotSupportedException();

        public ValueTask<LeaseAnswer> RenewAsync(NodeAnnouncement self, TimeSpan lease, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ReleaseAsync(uint incarnation, TimeSpan tombstoneLife, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> TryCondemnAsync(
        string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask RememberAsync(
            IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<bool> TryHoldAsync(uint dead, uint reaper, TimeSpan hold, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ForgetAsync(uint dead, uint reaper, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask WriteRecordsAsync(
            uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
