namespace RealtimeGateway.Fuzz;

/// <summary>Makes new inputs from known ones, reproducibly: for a quick hunt on machines without a coverage-guided fuzzer.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, int seed)
{
    private static readonly byte[] Interesting = [0x00, 0x01, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0x88, 0x89, 0xC0, 0xED, 0xF4, 0xFE, 0xFF];

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        var bytes = Pick().ToList();
        for (var count = _random.Next(1, 9); count > 0; count--)
        {
            Mutate(bytes);
        }

        return [.. bytes];
    }

    private void Mutate(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = _random.Next(Math.Min(bytes.Count - at, 16) + 1);
        switch (_random.Next(7))
        {
            case 0:
                bytes.RemoveRange(at, length);
                break;
            case 1:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 2:
                bytes.Insert(at, Interesting[_random.Next(Interesting.Length)]);
                break;
            case 3 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 4 when at < bytes.Count:
                bytes[at] = Interesting[_random.Next(Interesting.Length)];
                break;
            case 5 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            default:
                // Without the other input's first bytes, which are options of the target.
                bytes.InsertRange(at, Pick().Skip(2));
                break;
        }
    }

    private byte[] Pick() => corpus[_random.Next(corpus.Count)];
}
