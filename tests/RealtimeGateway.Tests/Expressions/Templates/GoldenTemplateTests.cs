using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.Templates;

public sealed class GoldenTemplateTests
{
    private static readonly TemplateSettings Settings = new() { Time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider() };

    public static TheoryData<string> Cases =>
        [.. Directory.GetFiles(GoldenCase.Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void TestData_HasManyCases() => Assert.True(Cases.Count >= 150, $"Only {Cases.Count} cases were found.");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Template_OfGoldenCase_GivesWhatIsRecorded(string name)
    {
        var golden = GoldenCase.Read(name);
        if (!Template.TryParse(golden.Template, Settings, out var template, out var error))
        {
            Assert.True(golden.Error is not null, error.ToString());
            var expected = golden.Error.Split(' ', 2);
            Assert.Equal(expected[0], $"{error.Line}:{error.Column}");
            Assert.Contains(expected[1], error.Message, StringComparison.Ordinal);
            Assert.NotEmpty(error.Mend);
            return;
        }

        Assert.True(golden.Error is null, "The template was accepted.");

        // The second run meets the state that the first one left.
        for (var run = 0; run < 2; run++)
        {
            var output = new ArrayBufferWriter<byte>();
            var outcome = template.Evaluate(golden.Variables(), output);
            Assert.Equal(golden.Failure ?? nameof(TemplateFailure.None), outcome.Failure.ToString());
            if (golden.Failure is null)
            {
                Assert.Equal(golden.Expected, Encoding.UTF8.GetString(output.WrittenSpan));
            }
        }
    }
}
