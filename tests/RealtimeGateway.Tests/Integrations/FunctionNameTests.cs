using RealtimeGateway.Integrations.Lambda;

namespace RealtimeGateway.Tests.Integrations;

public sealed class FunctionNameTests
{
    private const string Plain = "arn:aws:lambda:us-east-1:123456789012:function:chat";

    [Theory]
    [InlineData(Plain, Plain, "us-east-1", "aws")]
    [InlineData(Plain + ":live", Plain + ":live", "us-east-1", "aws")]
    [InlineData(Plain + ":$LATEST", Plain + ":$LATEST", "us-east-1", "aws")]
    [InlineData("arn:aws-cn:lambda:cn-north-1:123456789012:function:a_b-C", "arn:aws-cn:lambda:cn-north-1:123456789012:function:a_b-C", "cn-north-1", "aws-cn")]
    [InlineData("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + Plain + "/invocations", Plain, "us-east-1", "aws")]
    public void TryParse_OfAnArnOrAnInvocationUri(string uri, string arn, string region, string partition) =>
        Assert.Equal(new FunctionName(arn, region, partition), FunctionName.TryParse(uri));

    [Theory]
    [InlineData("")]
    [InlineData("chat")]
    [InlineData("https://example.com/")]
    [InlineData("arn:aws:lambda:us-east-1:12345678901:function:chat")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:a/b")]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:layer:chat")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:function:chat")]
    [InlineData(" " + Plain)]
    [InlineData(Plain + " ")]
    [InlineData(Plain + "\n")]
    [InlineData(Plain + ":")]
    [InlineData("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/chat/invocations")]
    [InlineData("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + Plain)]
    [InlineData("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + Plain + "/invocations\n")]
    public void TryParse_OfAnythingElse_IsNull(string uri) => Assert.Null(FunctionName.TryParse(uri));
}
