using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>Everything that happened in a run, in the order in which it did: what the checkers judge.</summary>
internal sealed class History
{
    private readonly List<HistoryEntry> _entries = [];

    /// <summary>What happened.</summary>
    public IReadOnlyList<HistoryEntry> Entries => _entries;

    /// <summary>Whether nothing could go wrong but by planned faults.</summary>
    public bool IsCalm { get; init; }

    /// <summary>Writes one thing down.</summary>
    public void Add(HistoryEntry entry) => _entries.Add(entry);

    /// <summary>Writes one thing down.</summary>
    public void Add(long at, HistoryKind kind, int node = -1, ConnectionId connection = default, long number = 0, int status = 0, string? text = null) =>
        _entries.Add(new HistoryEntry(at, kind, node, connection, number, status, text));

    /// <summary>A number that two histories share only when they are the same.</summary>
    public ulong Digest()
    {
        // FNV-1a: HashCode differs from process to process.
        var hash = 14695981039346656037;
        foreach (var entry in _entries)
        {
            foreach (var character in entry.ToString())
            {
                hash = (hash ^ character) * 1099511628211;
            }
        }

        return hash;
    }
}
