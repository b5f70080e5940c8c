using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Remembers for at least 120 s which keyed messages were queued, so that a repeat is answered without being sent again. Only what was queued is
/// remembered: what was refused may be tried again.
/// </summary>
/// <remarks>
/// Bounded: of more than 4,194,304 messages the oldest quarter is forgotten first, whatever its age; that is 134 MB at most. Each of 64 shards has four
/// generations of 40 s, so that forgetting costs nothing per key. Memory goes back when <see cref="Prune"/> is called.
/// </remarks>
internal sealed class DeliveryLog
{
    /// <summary>How many keys one generation of one shard takes before the next one begins early.</summary>
    internal const int MaxPerGeneration = 16 * 1024;

    private const int ShardCount = 64;
    private const int GenerationCount = 4;
    private static readonly TimeSpan GenerationLife = TimeSpan.FromSeconds(40);

    private readonly Shard[] _shards = new Shard[ShardCount];
    private readonly TimeProvider _time;

    /// <summary>An empty log.</summary>
    public DeliveryLog(TimeProvider time)
    {
        _time = time;
        for (var i = 0; i < ShardCount; i++)
        {
            _shards[i] = new Shard(time.GetTimestamp());
        }
    }

    /// <summary>For how many digests there is room.</summary>
    internal int Places => Array.ConvertAll(_shards, static shard => shard.Places).Sum();

    /// <summary>How many messages are remembered.</summary>
    public int Count => Array.ConvertAll(_shards, static shard => shard.Count).Sum();

    /// <summary>Sends a message unless its key was sent before, which is <see cref="SendOutcome.Repeated"/>. Of any number of parallel repeats one is sent.</summary>
    public SendOutcome SendOnce(DeliveryKey key, Connection connection, ReadOnlySpan<byte> payload, bool isBinary) =>
        SendOnce(key, connection, payload, isBinary, shared: null);

    /// <summary>The same for one of the many whom a message goes to.</summary>
    public SendOutcome SendOnce(DeliveryKey key, Connection connection, SharedMessage message) =>
        SendOnce(key, connection, default, message.IsBinary, message);

    private SendOutcome SendOnce(DeliveryKey key, Connection connection, ReadOnlySpan<byte> payload, bool isBinary, SharedMessage? shared)
    {
        // The low bits choose the place within a set.
        var shard = _shards[(int)(key.Digest >> 122)];
        lock (shard.Gate)
        {
            shard.Age(_time);
            if (shard.Contains(key.Digest))
            {
                return SendOutcome.Repeated;
            }

            // Never waits, so the lock is short; without it a parallel repeat would not know whether to send.
            var outcome = shared is null ? connection.TrySend(payload, isBinary) : connection.TrySend(shared);
            if (outcome == SendOutcome.Queued)
            {
                shard.Add(key.Digest, _time.GetTimestamp());
            }

            return outcome;
        }
    }

    /// <summary>Forgets what is old enough where nothing is sent any more, and gives its memory back. To be called now and then.</summary>
    public void Prune()
    {
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                shard.Age(_time);
            }
        }
    }

    private sealed class Shard(long startedAt)
    {
        private readonly DigestSet[] _generations = [new(), new(), new(), new()];
        private long _generationStartedAt = startedAt;
        private int _newest;

        public Lock Gate { get; } = new();

        public int Count
        {
            get
            {
                lock (Gate)
                {
                    return _generations.Sum(static generation => generation.Count);
                }
            }
        }

        public int Places
        {
            get
            {
                lock (Gate)
                {
                    return _generations.Sum(static generation => generation.Places);
                }
            }
        }

        public bool Contains(UInt128 digest)
        {
            foreach (var generation in _generations)
            {
                if (generation.Contains(digest))
                {
                    return true;
                }
            }

            return false;
        }

        public void Add(UInt128 digest, long now)
        {
            if (_generations[_newest].Count >= MaxPerGeneration)
            {
                Rotate();
                _generationStartedAt = now;
            }

            _generations[_newest].Add(digest);
        }

        /// <summary>Forgets what is old enough.</summary>
        public void Age(TimeProvider time)
        {
            var now = time.GetTimestamp();
            var due = time.GetElapsedTime(_generationStartedAt, now).Ticks / GenerationLife.Ticks;
            if (due <= 0)
            {
                return;
            }

            for (var i = 0; i < Math.Min(due, GenerationCount); i++)
            {
                Rotate();
            }

            _generationStartedAt = now;
        }

        private void Rotate()
        {
            var expected = _generations[_newest].Count;
            _newest = (_newest + 1) % GenerationCount;
            _generations[_newest].Clear(expected);
        }
    }
}
