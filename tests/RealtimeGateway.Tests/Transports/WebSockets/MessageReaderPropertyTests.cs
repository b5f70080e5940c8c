using CsCheck;
using RealtimeGateway.Fuzz;
using RealtimeGateway.Fuzz.Frames;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class MessageReaderPropertyTests
{
    private static readonly Gen<byte[]> Payload = Gen.OneOf(
        Gen.String.Select(System.Text.Encoding.UTF8.GetBytes),
        Gen.Byte.Array[0, 300],
        Gen.Char['a', 'z'].Array[0, 40_000].Select(letters => Array.ConvertAll(letters, letter => (byte)letter)));

    private static readonly Gen<byte[]> Frame =
        from opcode in Gen.OneOf(0, 0, 1, 1, 1, 2, 8, 9, 10)
        from isFinal in Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false)))
        from payload in opcode < 8 ? Payload : Gen.Byte.Array[0, 125]
        select ClientFrames.Frame(opcode, payload, isFinal || opcode >= 8);

    // Messages that keep the rules, in any number of fragments with pings between them.
    private static readonly Gen<byte[]> Message =
        from text in Gen.String[0, 200]
        from cuts in Gen.Int[0, 200].Array[0, 5]
        from ping in Gen.Bool
        select Fragments(System.Text.Encoding.UTF8.GetBytes(text), cuts, ping);

    private static readonly Gen<MessageReaderLimits> Limits = Gen.OneOf(
        MessageReaderLimits.Default,
        new MessageReaderLimits(0, 0, 0, AllowBinary: true),
        new MessageReaderLimits(200, 500, 3, AllowBinary: true));

    [Fact]
    public void Read_AnyFramesCutAnywhere_GivesTheSameEvents() =>
        Gen.Select(Frame.Array[1, 6], Limits, Gen.Int).Sample(
            (frames, limits, seed) => FramesTarget.Compare([.. frames.SelectMany(frame => frame)], limits, seed), iter: 500);

    [Fact]
    public void Read_ValidMessagesCutAnywhere_GivesThemAll() =>
        Gen.Select(Message.Array[1, 10], Gen.Int).Sample(
            (messages, seed) =>
            {
                var events = FramesTarget.Compare([.. messages.SelectMany(message => message)], new MessageReaderLimits(0, 0, 0, AllowBinary: false), seed);
                return events.Count(text => text.StartsWith("text ", StringComparison.Ordinal)) == messages.Length;
            },
            iter: 500);

    [Fact]
    public void Read_CorpusOfTheFuzzer_HasNoFindings()
    {
        var target = FuzzTargets.ByName["frames"];
        var files = Directory.GetFiles(FuzzTargets.CorpusFolder(target));
        Assert.True(files.Length >= target.Seeds.Count);
        foreach (var file in files)
        {
            target.Run(File.ReadAllBytes(file));
        }

        Assert.All(target.Seeds, seed => Assert.Equal(seed.Value, File.ReadAllBytes(Path.Combine(FuzzTargets.CorpusFolder(target), seed.Key))));
    }

    private static byte[] Fragments(byte[] text, int[] cuts, bool ping)
    {
        var ends = cuts.Select(cut => Math.Min(cut, text.Length)).Order().Append(text.Length).ToArray();
        var stream = new List<byte>();
        for (var i = 0; i < ends.Length; i++)
        {
            var start = i == 0 ? 0 : ends[i - 1];
            stream.AddRange(ClientFrames.Frame(i == 0 ? 1 : 0, text[start..ends[i]], i == ends.Length - 1));
            stream.AddRange(ping ? ClientFrames.Frame(9, [(byte)i]) : []);
        }

        return [.. stream];
    }
}
