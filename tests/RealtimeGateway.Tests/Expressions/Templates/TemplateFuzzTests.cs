using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.Templates;

public sealed class TemplateFuzzTests
{
    private const int Mutations = 20_000;

    private static readonly string[] Pieces =
    [
        "#", "$", "{", "}", "(", ")", "[", "]", "\"", "'", "\\", "#if(", "#end", "#else", "#foreach($i in ", "#set($x = ", "#macro(m $a)", "#m($x)",
        "#define($d)", "$d", "$x", "${", "$!{", "..", "[1..99999]", ".replaceAll('x+','$0$0')", ".add($x)", ".put($x,$x)", "$input.path('$..*')",
        "$input.json('$", "##", "#*", "*#", "#[[", "]]#", "-", "%", "/", "0", "99999999999", "1e308", "\n", "\r", "\t", "\0", "\ud800", "é", "&&", "==",
    ];

    [Fact]
    public void TemplatesOfMutatedText_NeverThrowAndStayWithinTheirBounds()
    {
        var seeds = Directory.GetFiles(GoldenCase.Folder, "*.txt").Order(StringComparer.Ordinal)
            .Select(path => GoldenCase.Read(Path.GetFileNameWithoutExtension(path)))
            .Where(golden => golden.Template.Length < 2_000)
            .ToArray();

        // Small bounds keep the test short; that they hold is what is tested, not how high they are.
        var limits = new TemplateLimits { MaxSteps = 2_000, MaxOutputBytes = 20_000, MaxTextLength = 20_000, MaxIntermediate = 200_000, MaxRounds = 100 };
        var random = new Random(20_240_229);
        var parsed = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var golden = seeds[random.Next(seeds.Length)];
            var text = Mutate(random, golden.Template, seeds);
            if (!Template.TryParse(text, new TemplateSettings { Limits = limits }, out var template, out var error))
            {
                Assert.InRange(error.Line, 1, text.Count(c => c == '\n') + 1);
                Assert.NotEmpty(error.Mend);
                continue;
            }

            parsed++;
            var output = new ArrayBufferWriter<byte>();
            var outcome = template.Evaluate(golden.Variables(), output);
            Assert.InRange(output.WrittenCount, 0, limits.MaxOutputBytes);
            Assert.True(outcome.IsOk || outcome.Message is not null);
            if (outcome.IsOk)
            {
                // Strict decoding: whatever the template did to texts, what leaves is UTF-8.
                _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.WrittenSpan);
            }
        }

        Assert.InRange(parsed, Mutations / 10, Mutations);
    }

    private static string Mutate(Random random, string text, GoldenCase[] seeds)
    {
        var result = new StringBuilder(text);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(result.Length + 1);
            switch (random.Next(5))
            {
                case 0 when at < result.Length:
                    result.Remove(at, Math.Min(random.Next(1, 8), result.Length - at));
                    break;
                case 1 when at < result.Length:
                    result[at] = (char)random.Next(32, 127);
                    break;
                case 2:
                    var other = seeds[random.Next(seeds.Length)].Template;
                    var start = random.Next(other.Length + 1);
                    result.Insert(at, other.AsSpan(start, random.Next(other.Length - start + 1)));
                    break;
                case 3 when at < result.Length:
                    result.Insert(at, result.ToString(at, Math.Min(random.Next(1, 20), result.Length - at)));
                    break;
                default:
                    result.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return result.ToString();
    }
}
