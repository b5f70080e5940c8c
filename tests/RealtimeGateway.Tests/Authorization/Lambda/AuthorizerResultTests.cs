using System.Text;
using RealtimeGateway.Authorization.Lambda;

namespace RealtimeGateway.Tests.Authorization.Lambda;

public sealed class AuthorizerResultTests
{
    private const string Policy =
        """ "policyDocument": {"Version": "2012-10-17", "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}]} """;

    [Fact]
    public void Parse_Context_GivesStringsWithoutNulls()
    {
        var result = Parse($$"""
            {"principalId": "user-7", {{Policy}}, "usageIdentifierKey": "key",
             "context": {"tenant": "t1", "level": 3, "pi": 3.10, "beta": true, "nothing": null, "empty": ""} }
            """);

        Assert.NotNull(result);
        Assert.Equal("user-7", result.Context.PrincipalId);
        Assert.Equal("key", result.Context.UsageIdentifierKey);
        Assert.Equal(
            new Dictionary<string, string> { ["tenant"] = "t1", ["level"] = "3", ["pi"] = "3.10", ["beta"] = "true", ["empty"] = "" },
            new Dictionary<string, string>(result.Context.Values));
    }

    [Theory]
    [InlineData("\"principalId\": 7,", "7")]
    [InlineData("\"principalId\": null,", null)]
    [InlineData("", null)]
    public void Parse_PrincipalId_IsTextOrNone(string member, string? expected)
    {
        var result = Parse($$"""{ {{member}} {{Policy}} }""");

        Assert.NotNull(result);
        Assert.Equal(expected, result.Context.PrincipalId);
        Assert.Empty(result.Context.Values);
    }

    [Fact]
    public void Parse_MemberNamedAsTheGatewaysOwn_IsDropped()
    {
        var result = Parse($$"""{"principalId": "user-7", {{Policy}}, "context": {"principalId": "admin", "integrationLatency": 1, "x": "y"} }""");

        Assert.Equal("x", Assert.Single(result!.Context.Values).Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"Allow\"")]
    [InlineData("{}")]
    [InlineData("""{"isAuthorized": true}""")]
    [InlineData("""{"policyDocument": null}""")]
    [InlineData("""{"policyDocument": {"Version": "2012-10-17", "Statement": [{"Action": "execute-api:Invoke", "Effect": "allow", "Resource": "*"}]}}""")]
    [InlineData($$"""{ {{Policy}}, "context": {"list": ["a"]} }""")]
    [InlineData($$"""{ {{Policy}}, "context": {"nested": {"a": 1} } }""")]
    [InlineData($$"""{ {{Policy}}, "context": "text" }""")]
    [InlineData($$"""{ {{Policy}}, "principalId": {"a": 1} }""")]
    [InlineData($$"""{ {{Policy}}, "principalId": "a", "principalId": "b" }""")]
    public void Parse_NoDecision_IsRefused(string json) => Assert.Null(Parse(json));

    [Theory]
    [InlineData(8192, true)]
    [InlineData(8193, false)]
    public void Parse_Size_IsBounded(int size, bool expected)
    {
        var head = $$"""{ {{Policy}}, "context": {"x": " """.TrimEnd();
        var json = head + new string('x', size - head.Length - 3) + "\"}}";

        Assert.Equal(size, json.Length);
        Assert.Equal(expected, Parse(json) is not null);
    }

    private static AuthorizerResult? Parse(string json) => AuthorizerResult.TryParse(Encoding.UTF8.GetBytes(json), out var result) ? result : null;
}
