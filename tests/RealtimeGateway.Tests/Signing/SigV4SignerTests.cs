using RealtimeGateway.Signing;

namespace RealtimeGateway.Tests.Signing;

public sealed class SigV4SignerTests
{
    private static readonly AwsCredential Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static readonly DateTimeOffset Then = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    // The public test suite of Signature Version 4, which signs for the service "service".
    [Theory]
    [InlineData("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    public void Sign_PublishedVector_GivesPublishedSignature(string method, string target, string signature)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://example.amazonaws.com" + target);

        new SigV4Signer().Sign(request, [], Example, "service", "us-east-1", Then);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            Assert.Single(request.Headers.NonValidated["Authorization"]));
        Assert.Equal("20150830T123600Z", Assert.Single(request.Headers.GetValues("X-Amz-Date")));
    }

    [Fact]
    public void Sign_Again_ReplacesWhatItAdded()
    {
        var signer = new SigV4Signer();
        var credential = new AwsCredential("AKIDEXAMPLE", "secret", "token/==");
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/f:1/invocations");
        signer.Sign(request, "{}"u8, credential, "lambda", "eu-west-1", Then);
        var first = request.Headers.NonValidated["Authorization"].ToString();

        signer.Sign(request, "{}"u8, credential, "lambda", "eu-west-1", Then.AddDays(1));
        signer.Sign(request, "{}"u8, credential, "lambda", "eu-west-1", Then);

        Assert.Equal(first, Assert.Single(request.Headers.NonValidated["Authorization"]));
        Assert.Contains("SignedHeaders=host;x-amz-date;x-amz-security-token,", first, StringComparison.Ordinal);
        Assert.Equal("token/==", Assert.Single(request.Headers.GetValues("X-Amz-Security-Token")));
    }

    [Fact]
    public void Sign_RelativeUri_Throws()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/relative");

        Assert.Throws<ArgumentException>(() => new SigV4Signer().Sign(request, [], Example, "lambda", "eu-west-1", Then));
    }

    [Fact]
    public void ToString_OfCredential_NamesTheKeyOnly() =>
        Assert.Equal("AKIDEXAMPLE", new AwsCredential("AKIDEXAMPLE", "secret", "token").ToString());
}
