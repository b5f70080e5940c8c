using System.Collections.Immutable;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>What nodes share, in memory: leases, tombstones, records, and a run that changes when the data is lost.</summary>
internal sealed class FakeStore(TimeProvider time)
{
    private readonly SortedDictionary<uint, (NodeAnnouncement Announcement, string Run)> _nodes = [];
    private readonly Dictionary<uint, DateTimeOffset> _leases = [];
    private readonly Dictionary<uint, DateTimeOffset> _tombstones = [];
    private readonly Dictionary<uint, (uint Reaper, DateTimeOffset Until)> _holds = [];
    private readonly Dictionary<uint, Dictionary<ConnectionId, ReadOnlyMemory<byte>>> _records = [];
    private int _run = 1;

    public int Reads { get; private set; }

    public List<(uint Owner, int Written, int Removed)> Writes { get; } = [];

    public string Run => $"run-{_run}";

    public NodeAnnouncement? AnnouncementOf(uint node) => _nodes.TryGetValue(node, out var entry) ? entry.Announcement : null;

    public bool HasEntry(uint node) => _nodes.ContainsKey(node);

    public bool HasTombstone(uint node) => _tombstones.TryGetValue(node, out var until) && until > time.GetUtcNow();

    public bool HasLease(uint node) => _leases.TryGetValue(node, out var until) && until > time.GetUtcNow();

    public ConnectionId[] RecordsOf(uint owner) => _records.TryGetValue(owner, out var records) ? [.. records.Keys] : [];

    /// <summary>Another process has the same data.</summary>
    public void FailOver() => _run++;

    /// <summary>Everything is deleted.</summary>
    public void Empty()
    {
        _run++;
        _nodes.Clear();
        _leases.Clear();
        _tombstones.Clear();
        _holds.Clear();
        _records.Clear();
    }

    public void Put(uint owner, StoredRecord record)
    {
        if (!_records.TryGetValue(owner, out var records))
        {
            _records[owner] = records = [];
        }

        records[record.Id] = record.Bytes;
    }

    public LeaseAnswer Renew(NodeAnnouncement self, TimeSpan lease)
    {
        if (HasTombstone(self.Incarnation))
        {
            return new LeaseAnswer(true, View());
        }

        _nodes[self.Incarnation] = (self, Run);
        _leases[self.Incarnation] = time.GetUtcNow() + lease;
        return new LeaseAnswer(false, View());
    }

    public FleetView Read()
    {
        Reads++;
        return View();
    }

    public void Release(uint node, TimeSpan tombstoneLife)
    {
        _leases.Remove(node);
        if (HasTombstone(node))
        {
            return;
        }

        _nodes.Remove(node);
        _records.Remove(node);
        _tombstones[node] = time.GetUtcNow() + tombstoneLife;
    }

    public bool TryCondemn(string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife)
    {
        if (run != Run || HasLease(dead) || (HasTombstone(dead) && !HasEntry(dead)) || (_holds.TryGetValue(dead, out var held) && held.Reaper != reaper && held.Until > time.GetUtcNow()))
        {
            return false;
        }

        _tombstones[dead] = time.GetUtcNow() + tombstoneLife;
        _holds[dead] = (reaper, time.GetUtcNow() + hold);
        return true;
    }

    public void Remember(IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife)
    {
        foreach (var node in condemned)
        {
            _tombstones[node] = time.GetUtcNow() + tombstoneLife;
        }

        foreach (var node in known.Where(node => !HasTombstone(node)))
        {
            MakeKnown(node);
        }
    }

    public bool TryHold(uint dead, uint reaper, TimeSpan hold)
    {
        if (!_holds.TryGetValue(dead, out var held) || (held.Reaper != reaper && held.Until > time.GetUtcNow()))
        {
            return false;
        }

        _holds[dead] = (reaper, time.GetUtcNow() + hold);
        return true;
    }

    /// <summary>Makes another node the one who buries.</summary>
    public void GiveHold(uint dead, uint reaper, TimeSpan hold) => _holds[dead] = (reaper, time.GetUtcNow() + hold);

    public void Forget(uint dead)
    {
        _nodes.Remove(dead);
        _holds.Remove(dead);
    }

    public void Write(uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed)
    {
        Assert.DoesNotContain(written, record => removed.Contains(record.Id));
        Writes.Add((owner, written.Count, removed.Count));
        if (written.Count > 0)
        {
            MakeKnown(owner);
        }

        foreach (var record in written)
        {
            Put(owner, record);
        }

        if (_records.TryGetValue(owner, out var records))
        {
            foreach (var id in removed)
            {
                records.Remove(id);
            }
        }
    }

    public IReadOnlyList<StoredRecord> Read(uint owner, IReadOnlyCollection<ConnectionId> ids)
    {
        var found = new List<StoredRecord>();
        foreach (var id in ids)
        {
            if (_records.TryGetValue(owner, out var records) && records.TryGetValue(id, out var bytes))
            {
                found.Add(new StoredRecord(id, bytes));
            }
        }

        return found;
    }

    private void MakeKnown(uint node) => _nodes.TryAdd(node, (new NodeAnnouncement(node, "", default, 0, false), ""));

    private FleetView View() =>
        new(Run, [.. _nodes.Select(node => new NodeEntry(node.Value.Announcement, node.Value.Run, HasLease(node.Key), HasTombstone(node.Key)))]);
}
