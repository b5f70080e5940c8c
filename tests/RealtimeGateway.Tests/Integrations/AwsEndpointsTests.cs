using RealtimeGateway.Integrations.Aws;

namespace RealtimeGateway.Tests.Integrations;

public sealed class AwsEndpointsTests
{
    [Theory]
    [InlineData("us-east-1", "aws", "https://lambda.us-east-1.amazonaws.com/")]
    [InlineData("cn-north-1", "aws-cn", "https://lambda.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-west-1", "aws-us-gov", "https://lambda.us-gov-west-1.amazonaws.com/")]
    public void Find_WithoutVariables_IsAwsItself(string region, string partition, string uri)
    {
        Assert.Equal(uri, Endpoints().Find("LAMBDA", "lambda", region, partition, out var isConfigured).AbsoluteUri);
        Assert.False(isConfigured);
    }

    [Fact]
    public void Find_PrefersTheServicesOwnVariable()
    {
        var endpoints = Endpoints(("AWS_ENDPOINT_URL", "http://all:1"), ("AWS_ENDPOINT_URL_LAMBDA", "http://one:2/base"));
        Assert.Equal("http://one:2/base", endpoints.Find("LAMBDA", "lambda", "us-east-1", "aws", out var isConfigured).AbsoluteUri);
        Assert.True(isConfigured);
        Assert.Equal("http://all:1/", endpoints.Find("SQS", "sqs", "us-east-1", "aws", out isConfigured).AbsoluteUri);
        Assert.True(isConfigured);
    }

    [Fact]
    public void Find_WithAnEmptyVariable_GoesOn()
    {
        var endpoints = Endpoints(("AWS_ENDPOINT_URL_LAMBDA", ""), ("AWS_ENDPOINT_URL", "https://all"));
        Assert.Equal("https://all/", endpoints.Find("LAMBDA", "lambda", "us-east-1", "aws", out _).AbsoluteUri);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("TRUE")]
    public void Find_WhenToldToIgnoreThem_IsAwsItself(string value)
    {
        var endpoints = Endpoints(("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", value), ("AWS_ENDPOINT_URL", "http://all"));
        Assert.Equal("lambda.us-east-1.amazonaws.com", endpoints.Find("LAMBDA", "lambda", "us-east-1", "aws", out var isConfigured).Host);
        Assert.False(isConfigured);
    }

    [Theory]
    [InlineData("localhost:4566")]
    [InlineData("/relative")]
    [InlineData("ftp://host/")]
    public void Find_WithNoUrl_SaysWhichVariable(string value)
    {
        var error = Assert.Throws<FormatException>(
            () => Endpoints(("AWS_ENDPOINT_URL_LAMBDA", value)).Find("LAMBDA", "lambda", "us-east-1", "aws", out _));
        Assert.Contains("AWS_ENDPOINT_URL_LAMBDA", error.Message, StringComparison.Ordinal);
    }

    private static AwsEndpoints Endpoints(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
