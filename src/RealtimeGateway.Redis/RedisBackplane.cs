using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using StackExchange.Redis;

namespace RealtimeGateway.Redis;

/// <summary>
/// The fleet on Redis ≥ 6.2 or Valkey: standalone, with Sentinel, or a cluster. Membership is kept by scripts, each one round trip; what nodes say to
/// each other goes by PUBLISH, in a cluster from version 7 on by SPUBLISH.
/// </summary>
internal sealed class RedisBackplane(RedisLink link) : IBackplane
{
    /// <summary>How long the records of a node's connections outlive their last writing: long enough for a whole fleet to be away over night.</summary>
    public static readonly TimeSpan RecordLife = TimeSpan.FromHours(24);

    // A first subscription through Sentinel has been seen to take over a second.
    private static readonly TimeSpan ListenTimeout = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<uint, RedisSubscription> _listening = new();
    private readonly RedisKeys _keys = link.Keys;
    private readonly RedisKey[] _nodes = [link.Keys.Nodes];

    /// <inheritdoc/>
    public bool IsConnected => link.IsConnected;

    /// <inheritdoc/>
    public event Action? Connected
    {
        add => link.Connected += value;
        remove => link.Connected -= value;
    }

    /// <inheritdoc/>
    /// <remarks>When Redis is away this throws after three seconds, and the listening begins by itself when Redis comes; asking again is harmless.</remarks>
    public async ValueTask ListenAsync(uint incarnation, Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken)
    {
        await StopListeningAsync(incarnation);
        var subscription = link.Subscribe(_keys.Bus(incarnation), receive);
        _listening[incarnation] = subscription;
        try
        {
            await subscription.Proved.WaitAsync(ListenTimeout, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new BackplaneException("Redis cannot be reached; listening begins when it can.", exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask StopListeningAsync(uint incarnation)
    {
        if (_listening.TryRemove(incarnation, out var subscription))
        {
            await link.UnsubscribeAsync(subscription);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SendResult> SendAsync(uint target, ReadOnlyMemory<byte> batch)
    {
        var channel = _keys.Bus(target);
        if (!link.CanReach(channel))
        {
            return SendResult.NotSent;
        }

        // A copy: after a timeout the client library may still hold the bytes, and the caller has its buffer back. Such a copy is not pooled again.
        var copy = ArrayPool<byte>.Shared.Rent(batch.Length);
        batch.CopyTo(copy);
        try
        {
            var receivers = await link.PublishAsync(channel, copy.AsMemory(0, batch.Length));
            ArrayPool<byte>.Shared.Return(copy);
            // In a cluster the count is of one node's own subscribers only (https://redis.io/docs/latest/commands/publish/).
            return receivers == 0 && link.CountsReceivers ? SendResult.NotSent : SendResult.Unknown;
        }
        catch (RedisConnectionException exception) when (exception.FailureType == ConnectionFailureType.UnableToResolvePhysicalConnection)
        {
            return SendResult.NotSent;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            return SendResult.Unknown;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseAnswer> RenewAsync(NodeAnnouncement self, TimeSpan lease, CancellationToken cancellationToken)
    {
        var result = await link.EvaluateAsync(
            MembershipScripts.Renew,
            _nodes,
            [_keys.Fleet, NewEpoch(), RedisKeys.Node(self.Incarnation), NodeEntryFormat.Write(self), Milliseconds(lease)],
            cancellationToken);
        return ReadView(result);
    }

    /// <inheritdoc/>
    public async ValueTask<FleetView> ReadFleetAsync(CancellationToken cancellationToken) =>
        ReadView(await link.EvaluateAsync(MembershipScripts.Read, _nodes, [_keys.Fleet, NewEpoch()], cancellationToken)).View;

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(uint incarnation, TimeSpan tombstoneLife, CancellationToken cancellationToken)
    {
        RedisValue[] values = [_keys.Fleet, RedisKeys.Node(incarnation), Milliseconds(tombstoneLife)];
        // Condemned meanwhile, the records are the reaper's.
        if (await IsOneAsync(MembershipScripts.Release, values, cancellationToken))
        {
            await link.RunAsync(database => database.KeyDeleteAsync(_keys.Records(incarnation)), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryCondemnAsync(
        string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
        IsOneAsync(
            MembershipScripts.Condemn,
            [_keys.Fleet, NewEpoch(), run, RedisKeys.Node(dead), RedisKeys.Node(reaper), Milliseconds(hold), Milliseconds(tombstoneLife)],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RememberAsync(
        IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
        await link.EvaluateAsync(
            MembershipScripts.Remember,
            _nodes,
            [_keys.Fleet, Milliseconds(tombstoneLife), condemned.Count, .. condemned.Concat(known).Select(static node => (RedisValue)RedisKeys.Node(node))],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryHoldAsync(uint dead, uint reaper, TimeSpan hold, CancellationToken cancellationToken) =>
        IsOneAsync(MembershipScripts.Hold, [_keys.Fleet, RedisKeys.Node(dead), RedisKeys.Node(reaper), Milliseconds(hold)], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(uint dead, uint reaper, CancellationToken cancellationToken) =>
        await IsOneAsync(MembershipScripts.Forget, [_keys.Fleet, RedisKeys.Node(dead), RedisKeys.Node(reaper)], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteRecordsAsync(
        uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed, CancellationToken cancellationToken)
    {
        RedisKey key = _keys.Records(owner);
        var entries = written.Select(static record => new HashEntry(record.Id.ToString(), record.Bytes)).ToArray();
        var fields = removed.Select(static id => (RedisValue)id.ToString()).ToArray();
        // Given one after the other without waiting, they go in one round trip.
        await link.RunAsync(
            async database =>
            {
                var tasks = new List<Task>(4);
                if (entries.Length > 0)
                {
                    tasks.Add(database.ScriptEvaluateAsync(MembershipScripts.Mention, _nodes, [_keys.Fleet, RedisKeys.Node(owner)], CommandFlags.DemandMaster));
                    tasks.Add(database.HashSetAsync(key, entries));
                }

                if (fields.Length > 0)
                {
                    tasks.Add(database.HashDeleteAsync(key, fields));
                }

                tasks.Add(database.KeyExpireAsync(key, RecordLife));
                await Task.WhenAll(tasks);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionId[]> ReadRecordIdsAsync(uint owner, CancellationToken cancellationToken)
    {
        var fields = await link.RunAsync(database => database.HashKeysAsync(_keys.Records(owner), CommandFlags.DemandMaster), cancellationToken);
        var ids = new List<ConnectionId>(fields.Length);
        foreach (var field in fields)
        {
            if (ConnectionId.TryParse(field.ToString(), out var id))
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredRecord>> ReadRecordsAsync(
        uint owner, IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var wanted = ids.ToArray();
        var fields = wanted.Select(static id => (RedisValue)id.ToString()).ToArray();
        var values = await link.RunAsync(database => database.HashGetAsync(_keys.Records(owner), fields, CommandFlags.DemandMaster), cancellationToken);
        var records = new List<StoredRecord>(wanted.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            if (!values[i].IsNull)
            {
                records.Add(new(wanted[i], values[i]));
            }
        }

        return records;
    }

    /// <inheritdoc/>
    /// <remarks>The link is not the backplane's own: the store and the quotas use it as well.</remarks>
    public async ValueTask DisposeAsync()
    {
        foreach (var incarnation in _listening.Keys)
        {
            await StopListeningAsync(incarnation);
        }
    }

    private async ValueTask<bool> IsOneAsync(string script, RedisValue[] values, CancellationToken cancellationToken) =>
        (long)await link.EvaluateAsync(script, _nodes, values, cancellationToken) == 1;

    /// <summary>Another one each time: were it this process's for good, the node that writes it again after everything was deleted would not see that it was.</summary>
    private static string NewEpoch() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private static LeaseAnswer ReadView(RedisResult result)
    {
        var parts = (RedisResult[])result!;
        var nodes = ImmutableArray.CreateBuilder<NodeEntry>((parts.Length - 2) / 4);
        for (var i = 2; i + 3 < parts.Length; i += 4)
        {
            if (NodeEntryFormat.Read((string)parts[i]!, ((ReadOnlyMemory<byte>)(RedisValue)parts[i + 1]).Span, (long)parts[i + 2] == 1, (long)parts[i + 3] == 1) is { } node)
            {
                nodes.Add(node);
            }
        }

        return new((long)parts[0] == 1, new((string)parts[1]!, nodes.DrainToImmutable()));
    }

    private static long Milliseconds(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);
}
