using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class JsonScannerTests
{
    private const int Rounds = 50_000;

    private static readonly string[] Seeds =
    [
        """{"action":"join","a":{"b":[1,-2.5e+10,true,false,null,"x\u00e9\n"]},"c":""}""",
        """[ { } , [ ] , "" , 0 , {"a":{"a":{"a":[[[1]]]}}} ]""",
        "{action: 'join', b: [x y, \"z\",], c:{},}",
        "-0.1E-7",
        "\"\\ud83d\\ude00 \\\" \\\\ \\/\"",
        "{\"é😀\":\"é😀\", 'k\\'': \"tab\tnewline\n\"}",
    ];

    [Fact]
    public void Read_MutatedTexts_AgreesWithUtf8JsonReader()
    {
        var random = new Random(20_180_511);
        var accepted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Mutate(random);

            var isJson = Scan(text, lenient: false);

            Assert.True(IsJson(text) == isJson, $"round {round}: {Encoding.UTF8.GetString(text)}");
            accepted += isJson ? 1 : 0;
        }

        // Otherwise the comparison would be of refusals only.
        Assert.InRange(accepted, Rounds / 20, Rounds * 19 / 20);
    }

    [Fact]
    public void Evaluate_MutatedTexts_NeverThrowsAndLenientTakesAllThatStrictTakes()
    {
        var random = new Random(4_711);
        var paths = BodyPaths.Compile([[], Steps("action"), Steps("a", "b"), Steps("é😀")], out _)!;
        Span<JsonSlice> found = new JsonSlice[paths.NodeCount];
        Span<byte> printed = new byte[4096];
        var taken = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Mutate(random);
            var isStrict = paths.TryFind(text, lenient: false, found);
            var isLenient = paths.TryFind(text, lenient: true, found);
            Assert.True(isLenient || !isStrict || text.AsSpan().Trim(" \n\r\t"u8)[0] is not ((byte)'{' or (byte)'['), Encoding.UTF8.GetString(text));
            if (!isLenient)
            {
                continue;
            }

            taken++;
            foreach (var slice in found)
            {
                Assert.True(JsonPrinter.TryPrint(text, slice, lenient: true, printed[..JsonPrinter.MaxLength(slice)], out _));
                _ = JsonPrinter.TryPrint(text, slice, lenient: true, printed[..random.Next(8)], out _);
            }
        }

        Assert.InRange(taken, Rounds / 20, Rounds);
    }

    [Fact]
    public void Evaluate_RandomBytes_NeverThrows()
    {
        var random = new Random(99);
        const string Alphabet = "{}[]:,\"'\\ua01-.eE \n\ttruefalsn\u00e9/*";
        var json = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Encoding.UTF8.GetBytes(string.Create(random.Next(24), random, static (chars, random) =>
            {
                foreach (ref var c in chars)
                {
                    c = Alphabet[random.Next(Alphabet.Length)];
                }
            }));

            json += Scan(text, lenient: true) ? 1 : 0;
            Assert.Equal(IsJson(text), Scan(text, lenient: false));
        }

        Assert.True(json > 0);
    }

    [Theory]
    [InlineData("{action // comment\n: 1}")]
    [InlineData("// comment\n{\"action\":1}")]
    [InlineData("{\"action\":1} trailing")]
    [InlineData("{a b}")]
    [InlineData("{a:}")]
    [InlineData("{:1}")]
    [InlineData("{\"a\":\"1\" \"b\":2}")]
    [InlineData("{\"a\":\"\\u12\"}")]
    [InlineData("plain text")]
    [InlineData("'quoted'")]
    [InlineData("\"quoted\" x")]
    [InlineData("[1}")]
    public void Read_LenientTextBeyondTheRules_Fails(string text) =>
        Assert.False(Scan(Encoding.UTF8.GetBytes(text), lenient: true));

    [Fact]
    public void Read_LongHostileTexts_TakesLinearTime()
    {
        // A scan that went back would need some 10^11 steps for these and not come to an end.
        foreach (var unit in new[] { "{a", "'", "[[", "\\u", ",", "{a:'", "[x," })
        {
            var text = Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat(unit, 400_000)));
            Assert.False(Scan(text, lenient: true));
        }
    }

    private static BodyPathStep[] Steps(params string[] names) =>
        Array.ConvertAll(names, static name => new BodyPathStep(Encoding.UTF8.GetBytes(name), -1));

    private static byte[] Mutate(Random random)
    {
        var text = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]).ToList();
        const string Bytes = "{}[]:,\"'\\u0aeE+-. \n\t\u0001t";
        for (var change = random.Next(4); change > 0 && text.Count > 0; change--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0:
                    text.RemoveAt(at);
                    break;
                case 1:
                    text.Insert(at, (byte)Bytes[random.Next(Bytes.Length)]);
                    break;
                case 2:
                    text[at] = (byte)Bytes[random.Next(Bytes.Length)];
                    break;
                default:
                    text.InsertRange(at, text.GetRange(at, random.Next(text.Count - at)));
                    break;
            }
        }

        return [.. text];
    }

    private static bool Scan(ReadOnlySpan<byte> text, bool lenient)
    {
        var scanner = new JsonScanner(text, lenient);
        while (scanner.Read())
        {
            _ = scanner.Content;
        }

        return !scanner.Failed;
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
