using System.Runtime.InteropServices;

namespace RealtimeGateway.Cluster;

/// <summary>The requests of one node that were done here in the last 6 to 9 seconds, and what was answered: a copy of one is answered the same, and not done again.</summary>
internal sealed class SeenRequests
{
    private const int GenerationLife = BusLimits.SeenLife / 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, ReplyOutcome>[] _generations = [[], [], []];
    // Few have one, and all the others are not to pay for it.
    private readonly Dictionary<ulong, byte[]>[] _each = [[], [], []];
    private long _generationStartedAt;
    private int _newest;

    /// <summary>Takes a request. <see langword="false"/>: it is a copy, and <paramref name="earlier"/> is what was answered so far.</summary>
    public bool TryBegin(ulong id, long now, out ReplyOutcome earlier)
    {
        lock (_gate)
        {
            Age(now);
            foreach (var generation in _generations)
            {
                if (generation.TryGetValue(id, out earlier))
                {
                    return false;
                }
            }

            _generations[_newest].Add(id, earlier = ReplyOutcome.UnderWay);
            return true;
        }
    }

    /// <summary>What was answered of each connection; null: the request was about one.</summary>
    public byte[]? EachOf(ulong id)
    {
        lock (_gate)
        {
            foreach (var generation in _each)
            {
                if (generation.TryGetValue(id, out var each))
                {
                    return each;
                }
            }

            return null;
        }
    }

    /// <summary>Keeps the answer of a request that was taken, and what it says of each of several connections.</summary>
    public void Finish(ulong id, ReplyOutcome outcome, byte[]? each = null)
    {
        lock (_gate)
        {
            if (each is not null)
            {
                // Of this generation: it is forgotten no sooner than the outcome is.
                _each[_newest][id] = each;
            }

            foreach (var generation in _generations)
            {
                ref var kept = ref CollectionsMarshal.GetValueRefOrNullRef(generation, id);
                if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref kept))
                {
                    kept = outcome;
                    return;
                }
            }
        }
    }

    private void Age(long now)
    {
        if (now - _generationStartedAt < GenerationLife)
        {
            return;
        }

        var due = Math.Min((now - _generationStartedAt) / GenerationLife, _generations.Length);
        for (var i = 0; i < due; i++)
        {
            _newest = (_newest + 1) % _generations.Length;
            _each[_newest].Clear();
            var generation = _generations[_newest];
            var isFarTooBig = generation.Count * 8 < generation.EnsureCapacity(0);
            generation.Clear();
            if (isFarTooBig)
            {
                generation.TrimExcess();
            }
        }

        _generationStartedAt = now;
    }
}
