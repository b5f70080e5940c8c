using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class ResponseKeyTests
{
    [Theory]
    [InlineData("$default", "anything", true)]
    [InlineData("$default", "", true)]
    [InlineData(@"/4\d\d/", "404", true)]
    [InlineData(@"/4\d\d/", "500", false)]
    [InlineData("/^ERR.*/", "ERR: no", true)]
    [InlineData("/^ERR.*/", "no ERR", false)]
    [InlineData("/^(?!OK)/", "OK", false)]
    [InlineData("/^(?!OK)/", "no", true)]
    public void IsMatch_Key_TakesItsValues(string text, string value, bool expected)
    {
        Assert.True(ResponseKey.TryParse(text, out var key, out var error), error);
        Assert.Equal(text == "$default", key.IsDefault);
        Assert.Equal(expected, key.IsMatch(value));
    }

    [Theory]
    [InlineData("404")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/(/")]
    [InlineData("")]
    public void TryParse_OtherText_IsRefused(string text)
    {
        Assert.False(ResponseKey.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void IsMatch_CatastrophicExpression_IsBounded()
    {
        Assert.True(BoundedRegex.TryParse("(a+)+$", out var linear, out _));
        Assert.True(BoundedRegex.TryParse(@"^(?=a)(a+)+$", out var backtracking, out _));
        Assert.True(linear.IsLinear);
        Assert.False(backtracking.IsLinear);
        var text = new string('a', 100_000) + "!";

        Assert.False(linear.IsMatch(text));
        Assert.Null(backtracking.IsMatch(text));
    }

    [Fact]
    public void TryParse_LongExpression_IsRefused() => Assert.False(BoundedRegex.TryParse(new string('a', 1025), out _, out _));
}
