using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Fuzz.Frames;

/// <summary>
/// A client's bytes, cut in different ways, must come to the same events, and to those that the rules of RFC 6455 written
/// down plainly come to. The first byte of an input chooses the limits, the second how to cut, the rest is the stream.
/// </summary>
internal sealed class FramesTarget : IFuzzTarget
{
    private static readonly MessageReaderLimits[] Choices =
    [
        MessageReaderLimits.Default,
        MessageReaderLimits.Default with { AllowBinary = true },
        new MessageReaderLimits(64, 200, 5, AllowBinary: true),
        new MessageReaderLimits(0, 0, 0, AllowBinary: true),
        new MessageReaderLimits(0, 20, 0, AllowBinary: false),
    ];

    public string Name => "frames";

    public IReadOnlyList<KeyValuePair<string, byte[]>> Seeds => FrameSeeds.All;

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length >= 2)
        {
            Compare(input[2..].ToArray(), Choices[input[0] % Choices.Length], input[1]);
        }
    }

    /// <summary>Reads one stream in four ways.</summary>
    /// <returns>The events, on which all agree.</returns>
    /// <exception cref="FuzzFindingException">They do not agree, or a promise about memory was broken.</exception>
    public static IReadOnlyList<string> Compare(byte[] stream, MessageReaderLimits limits, int seed)
    {
        var expected = ReferenceReader.Read(stream, limits);
        MustEqual(expected, Transcript.Read(stream, limits, Chunking.Whole), "whole");
        MustEqual(expected, Transcript.Read(stream, limits, Chunking.Bytewise), "byte by byte");
        MustEqual(expected, Transcript.Read(stream, limits, new Chunking(seed)), $"cut by seed {seed}");
        return expected;
    }

    private static void MustEqual(IReadOnlyList<string> expected, IReadOnlyList<string> actual, string how)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new FuzzFindingException($"Read {how}:\n{string.Join('\n', actual)}\nexpected:\n{string.Join('\n', expected)}");
        }
    }
}
