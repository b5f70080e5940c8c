using System.Buffers;

namespace RealtimeGateway.Fuzz.Frames;

/// <summary>How a stream arrives: cut into reads, each read cut into segments, some of them empty.</summary>
internal sealed class Chunking
{
    /// <summary>One read of one segment.</summary>
    public static readonly Chunking Whole = new(static rest => rest, static rest => rest);

    /// <summary>A read for each byte.</summary>
    public static readonly Chunking Bytewise = new(static _ => 1, static rest => rest);

    private readonly Func<int, int> _readLength;
    private readonly Func<int, int> _segmentLength;

    /// <summary>Cut at random places.</summary>
    public Chunking(int seed)
    {
        var random = new Random(seed);
        // Small pieces cut headers, large ones hold several frames; both happen in one stream.
        _readLength = rest => Math.Min(rest, random.Next(4) == 0 ? random.Next(1, 2000) : random.Next(1, 20));
        _segmentLength = rest => Math.Min(rest, random.Next(0, 12));
    }

    private Chunking(Func<int, int> readLength, Func<int, int> segmentLength)
    {
        _readLength = readLength;
        _segmentLength = segmentLength;
    }

    /// <summary>The reads.</summary>
    public IEnumerable<ReadOnlySequence<byte>> Cut(byte[] stream)
    {
        for (var at = 0; at < stream.Length;)
        {
            var length = _readLength(stream.Length - at);
            yield return Segment.Join(stream.AsMemory(at, length), _segmentLength);
            at += length;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Join(ReadOnlyMemory<byte> bytes, Func<int, int> segmentLength)
        {
            var first = new Segment { Memory = Take(ref bytes, segmentLength) };
            var last = first;
            while (!bytes.IsEmpty)
            {
                var next = new Segment { Memory = Take(ref bytes, segmentLength), RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }

        // A copy of its own, so that reading past a segment's end is not hidden by the stream going on there.
        private static byte[] Take(ref ReadOnlyMemory<byte> bytes, Func<int, int> segmentLength)
        {
            var length = segmentLength(bytes.Length);
            var taken = bytes[..length].ToArray();
            bytes = bytes[length..];
            return taken;
        }
    }
}
