using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using StackExchange.Redis;

namespace RealtimeGateway.Redis;

/// <summary>
/// The control plane's store of a whole fleet. Each node holds all of it in memory, is told of changes by a channel and looks every five seconds. While Redis is
/// away, reads give what was last known (nothing, in a node that has not seen Redis yet) and writes fail.
/// </summary>
/// <remarks>
/// Redis may lose what it acknowledged: it was emptied, or a failover chose a replica that was behind. A node that has seen more than Redis holds
/// then writes back what it has seen, in one compare-and-set; of several nodes the one with the newest content prevails.
/// </remarks>
internal sealed partial class RedisApiStore : IApiStore
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(3);
    private const int DocumentsPerRead = 500;
    private const int ReadsBeforeGivingUp = 20;

    private readonly RedisLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RedisKey[] _keys;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly StoreRevision _seen = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RedisSubscription _subscription;
    private readonly Task _following;
    private readonly Dictionary<string, StoredDocument> _documents = new(StringComparer.Ordinal);
    private TaskCompletionSource _wake = NewSignal();
    private bool _hasWaited;
    private bool _isForked;
    private string _token = "";

    /// <summary>Makes the store, which follows Redis until it is disposed of.</summary>
    public RedisApiStore(RedisLink link, TimeProvider time, ILogger<RedisApiStore> log)
    {
        (_link, _time, _log) = (link, time, log);
        var keys = link.Keys;
        _keys = [keys.StoreState, keys.StoreTokens, keys.StoreRevisions, keys.StoreDocuments];
        _subscription = link.Subscribe(keys.StoreChanged, _ => Wake());
        link.Connected += Wake;
        _following = FollowAsync(_stopping.Token);
    }

    /// <summary>Whoever holds it speaks with Redis; tests hold it to cut a node off.</summary>
    internal SemaphoreSlim Gate => _gate;

    /// <inheritdoc/>
    public async ValueTask<StoreContent> LoadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_hasWaited)
            {
                // At the start: what tools have deployed is to be served from the first connection on, if that is possible.
                _hasWaited = true;
                await _link.WaitConnectedAsync(FirstWait, cancellationToken);
            }

            try
            {
                await SyncAsync(cancellationToken);
            }
            catch (BackplaneException exception)
            {
                Log.Unreachable(_log, _seen.Current, exception.Message);
            }

            return new(_seen.Current, [.. _documents.Values]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoreOutcome> WriteAsync(long expectedRevision, IReadOnlyList<StoreWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(writes.Count);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // What this node has not seen it cannot have checked against; and a Redis that has lost something must get it back first.
            await SyncAsync(CancellationToken.None);
            return expectedRevision == _seen.Current ? await CommitAsync(writes) : new(false, _seen.Current);
        }
        catch (BackplaneException exception)
        {
            throw new StoreUnavailableException("The fleet's store cannot be reached, so nothing can be changed now; what is deployed goes on. Try again later.", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task<long> WaitForChangeAsync(long revision, CancellationToken cancellationToken) => _seen.WaitForChangeAsync(revision, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _link.Connected -= Wake;
        await _stopping.CancelAsync();
        await _following;
        await _link.UnsubscribeAsync(_subscription);
        _stopping.Dispose();
        _gate.Dispose();
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            var wake = NewSignal();
            Volatile.Write(ref _wake, wake);
            try
            {
                await _gate.WaitAsync(stopping);
                try
                {
                    await SyncAsync(stopping);
                }
                finally
                {
                    _gate.Release();
                }
            }
            catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
            {
                // Away: the link says so, and wakes this when it is back.
            }
            catch (Exception exception)
            {
                // What is kept in Redis is none that this version can read; the last known content stays.
                Log.SyncFailed(_log, exception);
            }

            await Task.WhenAny(wake.Task, Task.Delay(LookEvery, _time, stopping));
        }
    }

    /// <summary>Makes this node's copy and Redis one: reads what is newer there, or gives back what it has lost. The gate is held.</summary>
    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < ReadsBeforeGivingUp; i++)
        {
            var look = (RedisResult[])(await _link.EvaluateAsync(StoreScripts.Look, _keys, [_seen.Current], cancellationToken))!;
            var (revision, token, tokenOfSeen) = ((long)look[0], (string)look[1]!, (string)look[2]!);
            if (revision < _seen.Current)
            {
                await RestoreAsync(revision, cancellationToken);
            }
            else if (!_isForked && _seen.Current > 0 && tokenOfSeen != _token)
            {
                await RestampAsync(revision, token, cancellationToken);
            }
            else if (revision == _seen.Current || await TryReadAsync(cancellationToken))
            {
                return;
            }
        }

        throw new BackplaneException("The store changes too quickly to be read.");
    }

    private async Task RestoreAsync(long found, CancellationToken cancellationToken)
    {
        var token = NewToken();
        var values = new List<RedisValue>((2 * _documents.Count) + 3) { _seen.Current, _token, token };
        foreach (var document in _documents.Values)
        {
            values.Add(document.Key);
            values.Add(document.Json);
        }

        var result = (RedisResult[])(await _link.EvaluateAsync(StoreScripts.Restore, _keys, [.. values], cancellationToken))!;
        if ((long)result[0] == 1)
        {
            var revision = (long)result[1];
            Log.Restored(_log, found, _seen.Current);
            Take(revision, token, _documents.Values.Select(document => document with { Revision = revision }));
            await AnnounceAsync();
        }
    }

    private async Task RestampAsync(long revision, string token, CancellationToken cancellationToken)
    {
        Log.Forked(_log, revision, _seen.Current);
        var result = (RedisResult[])(await _link.EvaluateAsync(StoreScripts.Restamp, _keys, [revision, token, NewToken()], cancellationToken))!;
        if ((long)result[0] == 1)
        {
            // Under the new revision nothing can be taken for what this node knows from its own history.
            _isForked = true;
            await AnnounceAsync();
        }
    }

    /// <summary>Reads what is newer; <see langword="false"/>: it was written to meanwhile.</summary>
    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        var list = (RedisResult[])(await _link.EvaluateAsync(StoreScripts.List, _keys, [], cancellationToken))!;
        var (revision, token) = ((long)list[0], (string)list[1]!);
        var documents = new Dictionary<string, StoredDocument>(StringComparer.Ordinal);
        var missing = new List<(string Key, long Revision)>();
        for (var i = 2; i + 1 < list.Length; i += 2)
        {
            var (key, written) = ((string)list[i]!, long.Parse((string)list[i + 1]!, CultureInfo.InvariantCulture));
            if (_documents.TryGetValue(key, out var known) && known.Revision == written)
            {
                documents.Add(key, known);
            }
            else
            {
                missing.Add((key, written));
            }
        }

        foreach (var page in missing.Chunk(DocumentsPerRead))
        {
            var fields = page.Select(static document => (RedisValue)document.Key).ToArray();
            var values = await _link.RunAsync(database => database.HashGetAsync(_keys[3], fields, CommandFlags.DemandMaster), cancellationToken);
            for (var i = 0; i < page.Length; i++)
            {
                documents.Add(page[i].Key, new(page[i].Key, page[i].Revision, values[i].IsNull ? default : (ReadOnlyMemory<byte>)values[i]));
            }
        }

        var look = (RedisResult[])(await _link.EvaluateAsync(StoreScripts.Look, _keys, [revision], cancellationToken))!;
        if ((long)look[0] != revision || (string)look[1]! != token)
        {
            return false;
        }

        Take(revision, token, documents.Values);
        return true;
    }

    private async Task<StoreOutcome> CommitAsync(IReadOnlyList<StoreWrite> writes)
    {
        var token = NewToken();
        var values = new List<RedisValue>((3 * writes.Count) + 3) { _seen.Current, _token, token };
        foreach (var (key, json) in writes)
        {
            values.Add(key);
            values.Add(json is null ? "0" : "1");
            values.Add(json is { } document ? document : RedisValue.EmptyString);
        }

        var result = (RedisResult[])(await _link.EvaluateAsync(StoreScripts.Write, _keys, [.. values], CancellationToken.None))!;
        var revision = (long)result[1];
        if ((long)result[0] == 0)
        {
            await SyncAsync(CancellationToken.None);
            return new(false, _seen.Current);
        }

        var documents = new Dictionary<string, StoredDocument>(_documents, StringComparer.Ordinal);
        foreach (var (key, json) in writes)
        {
            if (json is { } document)
            {
                documents[key] = new(key, revision, document.ToArray());
            }
            else
            {
                documents.Remove(key);
            }
        }

        Take(revision, token, documents.Values);
        await AnnounceAsync();
        return new(true, revision);
    }

    private void Take(long revision, string token, IEnumerable<StoredDocument> documents)
    {
        var taken = documents.ToImmutableArray();
        _documents.Clear();
        foreach (var document in taken)
        {
            _documents.Add(document.Key, document);
        }

        (_token, _isForked) = (token, false);
        _seen.Set(revision);
    }

    private async Task AnnounceAsync()
    {
        try
        {
            await _link.PublishAsync(_link.Keys.StoreChanged, "1"u8.ToArray());
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The others look by themselves.
        }
    }

    private void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private static string NewToken() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(RedisEventIds.StoreRestored, LogLevel.Warning,
            "The store in Redis was at revision {Found}, behind {Revision} which this node has seen: Redis was emptied, or a failover lost writes. It has been written back.")]
        public static partial void Restored(ILogger logger, long found, long revision);

        [LoggerMessage(RedisEventIds.StoreForked, LogLevel.Warning,
            "The store in Redis is at revision {Found} and does not follow from revision {Revision} which this node has seen: a failover lost writes. What Redis holds is taken over.")]
        public static partial void Forked(ILogger logger, long found, long revision);

        [LoggerMessage(RedisEventIds.StoreUnreachable, LogLevel.Warning,
            "The fleet's store cannot be reached. What tools have deployed is served as of revision {Revision}; changes are refused until Redis is back. {Problem}")]
        public static partial void Unreachable(ILogger logger, long revision, string problem);

        [LoggerMessage(RedisEventIds.StoreSyncFailed, LogLevel.Error, "The fleet's store could not be read; the last known content stays.")]
        public static partial void SyncFailed(ILogger logger, Exception exception);
    }
}
