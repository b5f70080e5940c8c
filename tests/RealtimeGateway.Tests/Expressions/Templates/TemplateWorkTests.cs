using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.Templates;

public sealed class TemplateWorkTests
{
    [Theory]
    [InlineData("$input.body", 64 * 1024)]
    [InlineData("""{"statusCode": 200}""", 64 * 1024)]
    [InlineData("""{"id": "$context.connectionId", "body": $input.json('$.text')}""", 21 * 1024)]
    public void QuickBytes_PlainReferences_ShrinkWithTheirNumber(string text, int atLeast) => Assert.True(TemplateWork.QuickBytes(text) >= atLeast);

    [Theory]
    [InlineData("#foreach($x in $input.path('$'))$x#end")]
    [InlineData("#set($x = \"$x$x\")$x")]
    [InlineData("#{if}($input.body)x#end")]
    [InlineData("$input.body.matches('(a+)+')")]
    [InlineData("$input.body.replaceAll('a', 'b')")]
    [InlineData("$input.body.split(',')")]
    public void QuickBytes_LoopsAndExpressions_AreNeverQuick(string text) => Assert.Equal(-1, TemplateWork.QuickBytes(text));

    [Fact]
    public void QuickBytes_LongText_IsNeverQuick() => Assert.Equal(-1, TemplateWork.QuickBytes(new string('x', 8193)));
}
