namespace RealtimeGateway.Load.Measurement;

/// <summary>Counts what went wrong, by its words.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(string what, long count = 1)
    {
        if (count > 0)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + count;
        }
    }
}
