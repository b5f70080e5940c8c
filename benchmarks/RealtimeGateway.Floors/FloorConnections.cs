using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace RealtimeGateway.Floors;

/// <summary>The open connections by id.</summary>
internal sealed class FloorConnections
{
    private readonly ConcurrentDictionary<string, FloorConnection> _open = new(StringComparer.Ordinal);

    public static string NewId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(13)).Replace('+', '-').Replace('/', '_');

    public void Add(FloorConnection connection) => _open[connection.Id] = connection;

    public void Remove(FloorConnection connection) => _open.TryRemove(connection.Id, out _);

    public IEnumerable<FloorConnection> All => _open.Values;

    public FloorConnection? Find(string id) => _open.GetValueOrDefault(id);
}
