using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.Templates;

public sealed class TemplateAllocationTests
{
    private const string Body = """{ "data": { "a": [1, 2.50, "x\ny", {"b": null}] }, "name": "Ada", "l": ["p", "q"] }""";

    [Theory]
    [InlineData("{\"statusCode\":200,\"conn\":\"$context.connectionId\",\"ip\":\"${context.identity.sourceIp}\"}", "{\"statusCode\":200,\"conn\":\"abc=\",\"ip\":\"1.2.3.4\"}")]
    [InlineData("$input.body", Body)]
    [InlineData("$input.json('$.data.a')|$input.json('$.name')|$input.json('$.l[1]')|$input.json('$.nope')", "[1,2.5,\"x\\ny\",{\"b\":null}]|\"Ada\"|\"q\"|\"\"")]
    [InlineData("$input.json('$')", "{\"data\":{\"a\":[1,2.5,\"x\\ny\",{\"b\":null}]},\"name\":\"Ada\",\"l\":[\"p\",\"q\"]}")]
    [InlineData("$stageVariables.table $stageVariables['table'] $input.params('id') [$context.unset]", "t t 7 []")]
    [InlineData("#if($stageVariables.table == 't')yes#{else}no#end", "yes")]
    public void Evaluate_PlainTemplate_AllocatesNothing(string text, string expected)
    {
        Assert.True(Template.TryParse(text, out var template, out var error), error?.ToString());
        var variables = new FakeVariables
        {
            Body = Encoding.UTF8.GetBytes(Body),
            Context = new(StringComparer.Ordinal) { ["connectionId"] = "abc=", ["identity.sourceIp"] = "1.2.3.4" },
            StageVariables = new Dictionary<string, string> { ["table"] = "t" },
            PathParameters = new Dictionary<string, string> { ["id"] = "7" },
        };
        var output = new ArrayBufferWriter<byte>(4096);
        template.Evaluate(variables, output);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));

        // A pause of the machine must not look like a slow template, so an unlucky run is taken again.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 5 && least != 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                output.ResetWrittenCount();
                template.Evaluate(variables, output);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
