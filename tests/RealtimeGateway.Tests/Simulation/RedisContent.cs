using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>What a simulated Redis holds, and what each command does to it in one step.</summary>
internal sealed class RedisContent
{
    private readonly Dictionary<uint, (NodeAnnouncement Announcement, string Run)> _entries = [];
    private readonly Dictionary<uint, long> _leases = [];
    private readonly Dictionary<uint, long> _tombstones = [];
    private readonly Dictionary<uint, (uint Reaper, long Until)> _holds = [];
    private readonly Dictionary<uint, SortedDictionary<ConnectionId, byte[]>> _records = [];

    /// <summary>Names the life of this data.</summary>
    public required string Run { get; set; }

    /// <summary>All ids that there are records of.</summary>
    public IEnumerable<ConnectionId> Recorded => _records.Values.SelectMany(static records => records.Keys);

    /// <summary>A copy that later commands do not change.</summary>
    public RedisContent Copy()
    {
        var copy = new RedisContent { Run = Run };
        CopyTo(_entries, copy._entries);
        CopyTo(_leases, copy._leases);
        CopyTo(_tombstones, copy._tombstones);
        CopyTo(_holds, copy._holds);
        foreach (var (owner, records) in _records)
        {
            copy._records[owner] = new SortedDictionary<ConnectionId, byte[]>(records);
        }

        return copy;

        static void CopyTo<T>(Dictionary<uint, T> from, Dictionary<uint, T> to)
        {
            foreach (var (key, value) in from)
            {
                to.Add(key, value);
            }
        }
    }

    /// <summary>Whether a node has been condemned or has left, and its tombstone still stands.</summary>
    public bool HasTombstone(uint node, long now) => _tombstones.TryGetValue(node, out var until) && until > now;

    /// <summary>The fleet.</summary>
    public FleetView View(long now) => new(
        Run, [.. _entries.Values.Select(entry => new NodeEntry(
            entry.Announcement, entry.Run, HasLease(entry.Announcement.Incarnation, now), HasTombstone(entry.Announcement.Incarnation, now)))]);

    /// <summary>Renews or takes a lease. <see langword="false"/>: there is a tombstone.</summary>
    public bool Renew(NodeAnnouncement self, long lease, long now, bool ignoresTombstones)
    {
        if (!ignoresTombstones && HasTombstone(self.Incarnation, now))
        {
            return false;
        }

        _leases[self.Incarnation] = now + lease;
        _entries[self.Incarnation] = (self, Run);
        return true;
    }

    /// <summary>Ends a node in order. What is being buried stays for its reaper.</summary>
    public void Release(uint node, long tombstoneLife, long now)
    {
        _leases.Remove(node);
        if (HasTombstone(node, now) && _entries.ContainsKey(node))
        {
            return;
        }

        _tombstones[node] = now + tombstoneLife;
        _entries.Remove(node);
        _records.Remove(node);
    }

    /// <summary>Writes a tombstone and takes the lock, in one step.</summary>
    /// <param name="dead">Who is taken for dead.</param>
    /// <param name="reaper">Who wants to tell.</param>
    /// <param name="hold">For how long, in ticks.</param>
    /// <param name="tombstoneLife">For how long the tombstone stands, in ticks.</param>
    /// <param name="ignoresLock">A mutation: everyone gets it.</param>
    /// <param name="now">The time.</param>
    public bool TryCondemn(uint dead, uint reaper, long hold, long tombstoneLife, bool ignoresLock, long now)
    {
        if (HasLease(dead, now)
            || (!ignoresLock && HolderOf(dead, now) is { } holder && holder != reaper)
            || (HasTombstone(dead, now) && !_entries.ContainsKey(dead)))
        {
            return false;
        }

        _tombstones[dead] = now + tombstoneLife;
        _holds[dead] = (reaper, now + hold);
        return true;
    }

    /// <summary>Writes a tombstone that is not there.</summary>
    public bool TryCondemnAgain(uint node, long tombstoneLife, long now)
    {
        if (HasTombstone(node, now))
        {
            return false;
        }

        _tombstones[node] = now + tombstoneLife;
        return true;
    }

    /// <summary>Gives a node an entry of no run, if it has neither one nor a tombstone.</summary>
    public void Remember(uint node, long now)
    {
        if (!HasTombstone(node, now))
        {
            MakeKnown(node);
        }
    }

    /// <summary>Prolongs the lock; takes it again when it ran out and nobody else has.</summary>
    public bool TryHold(uint dead, uint reaper, long hold, bool ignoresLock, long now)
    {
        var holder = HolderOf(dead, now);
        if (!ignoresLock && holder != reaper && (holder is not null || !_entries.ContainsKey(dead)))
        {
            return false;
        }

        _holds[dead] = (reaper, now + hold);
        return true;
    }

    /// <summary>Ends a burial.</summary>
    public void Forget(uint dead, uint reaper, long now)
    {
        if ((HolderOf(dead, now) ?? reaper) == reaper)
        {
            _entries.Remove(dead);
            _holds.Remove(dead);
        }
    }

    /// <summary>Writes and removes records.</summary>
    public void Write(uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed)
    {
        if (!_records.TryGetValue(owner, out var records))
        {
            _records[owner] = records = [];
        }

        if (written.Count > 0)
        {
            MakeKnown(owner);
        }

        foreach (var record in written)
        {
            records[record.Id] = record.Bytes.ToArray();
        }

        foreach (var id in removed)
        {
            records.Remove(id);
        }
    }

    /// <summary>Whether there is a record of a connection.</summary>
    public bool HasRecord(ConnectionId id) => _records.TryGetValue(id.Incarnation, out var records) && records.ContainsKey(id);

    /// <summary>The ids of a node's records.</summary>
    public ConnectionId[] RecordIds(uint owner) => _records.TryGetValue(owner, out var records) ? [.. records.Keys] : [];

    /// <summary>Some records of a node.</summary>
    public IReadOnlyList<StoredRecord> Records(uint owner, IReadOnlyCollection<ConnectionId> ids) =>
        _records.TryGetValue(owner, out var records)
            ? [.. ids.Where(records.ContainsKey).Select(id => new StoredRecord(id, records[id]))]
            : [];

    private void MakeKnown(uint node) => _entries.TryAdd(node, (new NodeAnnouncement(node, "", default, 0, false), ""));

    private bool HasLease(uint node, long now) => _leases.TryGetValue(node, out var until) && until > now;

    private uint? HolderOf(uint dead, long now) => _holds.TryGetValue(dead, out var hold) && hold.Until > now ? hold.Reaper : null;
}
