namespace RealtimeGateway.Cluster;

/// <summary>
/// A set of digests, 16 bytes a place and nothing beside them: open addressing, at most half full. A digest is evenly distributed, so it is its own hash;
/// it is never 0, which marks a free place.
/// </summary>
internal sealed class DigestSet
{
    private const int MinPlaces = 16;

    private UInt128[] _places = [];

    /// <summary>How many digests there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a digest is there.</summary>
    public bool Contains(UInt128 digest) => _places.Length > 0 && _places[PlaceOf(_places, digest)] == digest;

    /// <summary>Adds a digest that is not there.</summary>
    public void Add(UInt128 digest)
    {
        if ((Count + 1) * 2 > _places.Length)
        {
            Grow();
        }

        _places[PlaceOf(_places, digest)] = digest;
        Count++;
    }

    /// <summary>How many places there are, free ones included.</summary>
    public int Places => _places.Length;

    /// <summary>Forgets all; keeps memory only where about as much will be needed again.</summary>
    /// <param name="expected">How many digests will probably come.</param>
    public void Clear(int expected)
    {
        if ((long)expected * 8 < _places.Length)
        {
            _places = [];
        }
        else
        {
            Array.Clear(_places);
        }

        Count = 0;
    }

    private static int PlaceOf(UInt128[] places, UInt128 digest)
    {
        var mask = places.Length - 1;
        var place = (int)(ulong)digest & mask;
        while (places[place] != digest && places[place] != 0)
        {
            place = (place + 1) & mask;
        }

        return place;
    }

    private void Grow()
    {
        var larger = new UInt128[Math.Max(MinPlaces, _places.Length * 2)];
        foreach (var digest in _places)
        {
            if (digest != 0)
            {
                larger[PlaceOf(larger, digest)] = digest;
            }
        }

        _places = larger;
    }
}
