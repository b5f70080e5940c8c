using System.Runtime.InteropServices;

namespace RealtimeGateway.Cluster;

/// <summary>The requests of one node that were done here in the last 6 to 9 seconds, and what was answered: a copy of one is answered the same, and not done again.</summary>
internal sealed class SeenRequests
{
    private const int GenerationLife = BusLimits.SeenLife / 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, ReplyOutcome>[] _generations = [[], [], []];
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

    /// <summary>Keeps the answer of a request that was taken.</summary>
    public void Finish(ulong id, ReplyOutcome outcome)
    {
        lock (_gate)
        {
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
