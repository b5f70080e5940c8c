using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class StageVariablesTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["host"] = "example.com",
        ["env_2"] = "prod",
        ["nested"] = "${stageVariables.host}",
        ["evil"] = "a\r\nHost: b",
    };

    [Theory]
    [InlineData("https://x/", "https://x/")]
    [InlineData("https://${stageVariables.host}/${stageVariables.env_2}", "https://example.com/prod")]
    [InlineData("${stageVariables.host}${stageVariables.host}", "example.comexample.com")]
    [InlineData("${stageVariables.nested}!", "${stageVariables.host}!")]
    [InlineData("${other.x} $stageVariables.host {}", "${other.x} $stageVariables.host {}")]
    [InlineData("", "")]
    public void TryExpand_References_AreReplacedOnce(string text, string expected)
    {
        Assert.True(StageVariables.TryExpand(text, Variables, out var expanded, out var error), error);
        Assert.Equal(expected, expanded);
    }

    [Theory]
    [InlineData("http://${stageVariables.absent}", "column 8: the stage has no variable 'absent'")]
    [InlineData("${stageVariables.HOST}", "the stage has no variable 'HOST'")]
    [InlineData("${stageVariables.host", "column 1: '}' is missing")]
    [InlineData("${stageVariables.}", "'' is not a stage variable's name")]
    [InlineData("${stageVariables.a-b}", "'a-b' is not a stage variable's name")]
    [InlineData("${stageVariables.host}${stageVariables.evil}", "column 23: the stage variable 'evil' has control characters")]
    public void TryExpand_Mistakes_AreNamed(string text, string expected)
    {
        Assert.False(StageVariables.TryExpand(text, Variables, out var expanded, out var error));
        Assert.Null(expanded);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
