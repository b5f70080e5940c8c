using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Tests.Authorization;

public sealed class GatewayAccessTests
{
    private const string Token = "abcdefghijklmnop.0123456789_~+/-==";
    private static readonly AwsCredential Ada = new("AKIDADA", "secret");

    [Fact]
    public void Resolve_NothingSet_KnowsNobody()
    {
        var access = Access();

        Assert.False(access.HasCredentials);
        Assert.Equal(("000000000000", "us-east-1"), (access.AccountId, access.Region));
        Assert.False(access.HasBearerToken("Bearer "));
    }

    [Theory]
    [InlineData($"Bearer {Token}", true)]
    [InlineData($"bearer  {Token} ", true)]
    [InlineData(Token, false)]
    [InlineData($"Bearer {Token}x", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearer", false)]
    [InlineData(null, false)]
    public void HasBearerToken_OnlyTheWholeToken_IsKnown(string? header, bool expected)
    {
        var access = Access(("Gateway:BearerTokens:0", "0123456789abcdef"), ("Gateway:BearerTokens:1", Token));

        Assert.Equal(expected, access.HasBearerToken(header));
        Assert.True(access.HasCredentials);
    }

    [Fact]
    public void Check_KeyWithoutPolicy_MayDoAnything()
    {
        var access = Access(("Gateway:Credentials:0:AccessKeyId", "AKIDADA"), ("Gateway:Credentials:0:SecretAccessKey", "secret"));

        Assert.Null(access.Check(Ada, ExecuteApiResource.Invoke, "arn:aws:execute-api:us-east-1:000000000000:chat/prod/$connect", PolicyContext.Empty));
        Assert.Equal("arn:aws:iam::000000000000:user/AKIDADA", access.IdentityOf(Ada).UserArn);
    }

    [Theory]
    [InlineData("Allow", "POST", null)]
    [InlineData("Allow", "DELETE", "because no identity-based policy allows the execute-api:ManageConnections action")]
    [InlineData("Deny", "POST", "with an explicit deny in an identity-based policy")]
    public void Check_PolicyOfAKey_DecidesInAwsWords(string effect, string method, string? because)
    {
        var access = Access(
            ("Gateway:AccountId", "123456789012"),
            ("Gateway:Region", "eu-west-1"),
            ("Gateway:Credentials:0:AccessKeyId", "AKIDADA"),
            ("Gateway:Credentials:0:SecretAccessKey", "secret"),
            ("Gateway:Credentials:0:Policy", $$"""
                {"Version": "2012-10-17", "Statement": {"Effect": "{{effect}}", "Action": "execute-api:ManageConnections",
                 "Resource": "arn:aws:execute-api:eu-west-1:123456789012:chat/prod/POST/@connections/*"} }
                """));
        var resource = ExecuteApiResource.OfConnections(access.Region, access.AccountId, "chat", "prod", method);

        var refusal = access.Check(Ada, ExecuteApiResource.ManageConnections, resource, PolicyContext.Empty);

        Assert.Equal(
            because is null
                ? null
                : new CallerRefusal(
                    "AccessDeniedException",
                    "User: arn:aws:iam::123456789012:user/AKIDADA is not authorized to perform: execute-api:ManageConnections on resource: "
                    + $"arn:aws:execute-api:eu-west-1:********9012:chat/prod/{method}/@connections/{{connectionId}} {because}",
                    HasCapitalMember: true),
            refusal);
    }

    [Theory]
    [InlineData("Gateway:AccountId", "12345", "Gateway:AccountId must be 12 digits.")]
    [InlineData("Gateway:AccountId", "12345678901x", "Gateway:AccountId must be 12 digits.")]
    [InlineData("Gateway:Region", "Frankfurt/1", "Gateway:Region must be a region's name, such as eu-central-1.")]
    [InlineData("Gateway:BearerTokens:0", "short", "Gateway:BearerTokens:0 must be at least 16 letters, digits and -._~+/, then perhaps =.")]
    [InlineData("Gateway:BearerTokens:0", "with a space in between", "Gateway:BearerTokens:0 must be at least 16 letters")]
    [InlineData("Gateway:BearerTokens", "0123456789abcdef", "Gateway:BearerTokens is a list; write Gateway:BearerTokens:0.")]
    [InlineData("Gateway:Credentials", "AKID:secret", "Gateway:Credentials is a list")]
    [InlineData("Gateway:Credentials:0:SecretAccessKey", "secret", "Gateway:Credentials:0:AccessKeyId must be")]
    [InlineData("Gateway:Credentials:0:AccessKeyId", "AKID", "Gateway:Credentials:0:SecretAccessKey is missing.")]
    [InlineData("Gateway:Credentials:0:AccessKeyId", "AK/ID", "Gateway:Credentials:0:AccessKeyId must be")]
    [InlineData("Gateway:Credentials:0:Policy", "{\"Statement\": 1}", "Gateway:Credentials:0:Policy is no IAM policy: ")]
    public void Validate_Mistake_IsNamedAndStopsTheStart(string name, string value, string problem)
    {
        using var services = AccessSettings.Build((name, value));

        var refused = Assert.Throws<OptionsValidationException>(services.GetRequiredService<GatewayAccess>);

        Assert.Contains(refused.Failures, failure => failure.StartsWith(problem, StringComparison.Ordinal));
        Assert.DoesNotContain("0123456789abcdef", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_KeyIdTwice_IsRefused()
    {
        using var services = AccessSettings.Build(
            ("Gateway:Credentials:0:AccessKeyId", "AKID"), ("Gateway:Credentials:0:SecretAccessKey", "a"),
            ("Gateway:Credentials:1:AccessKeyId", "AKID"), ("Gateway:Credentials:1:SecretAccessKey", "b"));

        var refused = Assert.Throws<OptionsValidationException>(services.GetRequiredService<GatewayAccess>);

        Assert.Equal("Gateway:Credentials:1:AccessKeyId is there twice; each key needs its own.", Assert.Single(refused.Failures));
    }

    private static GatewayAccess Access(params (string Name, string Value)[] settings)
    {
        using var services = AccessSettings.Build(settings);
        return services.GetRequiredService<GatewayAccess>();
    }
}
