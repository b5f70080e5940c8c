using System.Net;
using System.Text;
using CsCheck;
using RealtimeGateway.Authorization.Policies;

namespace RealtimeGateway.Tests.Authorization.Policies;

public sealed class PolicyDocumentTests
{
    private const string Connect = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect";

    [Theory]
    [InlineData("execute-api:Invoke", Connect, "Allow")]
    [InlineData("EXECUTE-API:invoke", "*", "Allow")]
    [InlineData("execute-api:*", "arn:aws:execute-api:*:*:a1b2c3d4e5/*", "Allow")]
    [InlineData("*", "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e?/prod/$connect", "Allow")]
    [InlineData("execute-api:Inv?ke", "arn:*$connect", "Allow")]
    [InlineData("execute-api:Invok", "*", "ImplicitDeny")]
    [InlineData("execute-api:Invoke", "arn:aws:execute-api:eu-west-1:123456789012:A1B2C3D4E5/prod/$connect", "ImplicitDeny")]
    [InlineData("execute-api:Invoke", "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect?", "ImplicitDeny")]
    [InlineData("execute-api:Invoke", "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod", "ImplicitDeny")]
    [InlineData("lambda:*", "*", "ImplicitDeny")]
    public void Evaluate_ActionAndResource_MatchAsPatterns(string action, string resource, string expected) =>
        Expect(expected, Statement("Allow", $"\"Action\":\"{action}\",\"Resource\":\"{resource}\""));

    [Fact]
    public void Evaluate_Deny_WinsInAnyOrder()
    {
        const string Allow = """{"Effect":"Allow","Action":"*","Resource":"*"}""";
        const string Deny = """{"Effect":"Deny","Action":["a:b","execute-api:Invoke"],"Resource":["arn:x:*","arn:aws:*/prod/*"]}""";
        Expect("ExplicitDeny", $$"""{"Version":"2012-10-17","Statement":[{{Allow}},{{Deny}}]}""");
        Expect("ExplicitDeny", $$"""{"Version":"2012-10-17","Statement":[{{Deny}},{{Allow}}]}""");
        Expect("Allow", $$"""{"Version":"2012-10-17","Id":"x","Statement":[{{Allow}}]}""");
        Expect("ImplicitDeny", """{"Version":"2012-10-17","Statement":[]}""");
    }

    [Theory]
    [InlineData("NotAction", "lambda:*", "NotResource", "arn:aws:lambda:*", "Allow")]
    [InlineData("NotAction", "execute-api:*", "Resource", "*", "ImplicitDeny")]
    [InlineData("Action", "*", "NotResource", "arn:aws:execute-api:*", "ImplicitDeny")]
    public void Evaluate_Negations_LeaveOut(string actions, string action, string resources, string resource, string expected) =>
        Expect(expected, Statement("Allow", $"\"{actions}\":\"{action}\",\"{resources}\":\"{resource}\""));

    [Theory]
    [InlineData("/@connections/*", "Allow")]
    [InlineData("/*", "Allow")]
    [InlineData("/@connections/{connectionId}", "Allow")]
    [InlineData("/@connections", "ImplicitDeny")]
    [InlineData("/@connections/L0SM9cOFvHcCIhw=", "ImplicitDeny")]
    public void Evaluate_ManageConnections_SeesTheTemplateText(string end, string expected)
    {
        var policy = Parse(Statement(
            "Allow", $"\"Action\":\"execute-api:ManageConnections\",\"Resource\":\"arn:aws:execute-api:eu-west-1:1:api/prod/POST{end}\""));
        var resource = ExecuteApiResource.OfConnections("eu-west-1", "1", "api", "prod", "POST");

        Assert.Equal(expected, policy.Evaluate(ExecuteApiResource.ManageConnections, resource, PolicyContext.Empty).ToString());
    }

    [Theory]
    [InlineData("""{"StringEquals":{"K":"v"}}""", true, "k", "v")]
    [InlineData("""{"StringEquals":{"k":["a","v"]}}""", true, "k", "v")]
    [InlineData("""{"StringEquals":{"k":"V"}}""", false, "k", "v")]
    [InlineData("""{"StringEquals":{"k":"*"}}""", false, "k", "v")]
    [InlineData("""{"StringEquals":{"k":"v"}}""", false)]
    [InlineData("""{"StringEqualsIfExists":{"k":"v"}}""", true)]
    [InlineData("""{"StringEqualsIfExists":{"k":"v"}}""", false, "k", "w")]
    [InlineData("""{"StringNotEquals":{"k":["a","v"]}}""", false, "k", "v")]
    [InlineData("""{"StringNotEquals":{"k":["a","b"]}}""", true, "k", "v")]
    [InlineData("""{"StringNotEquals":{"k":"v"}}""", true)]
    [InlineData("""{"StringEqualsIgnoreCase":{"k":"VÄ"}}""", true, "k", "vä")]
    [InlineData("""{"StringNotEqualsIgnoreCase":{"k":"V"}}""", false, "k", "v")]
    [InlineData("""{"StringLike":{"k":"a*c?"}}""", true, "k", "abbcd")]
    [InlineData("""{"StringLike":{"k":"a*c?"}}""", false, "k", "abbc")]
    [InlineData("""{"StringNotLike":{"k":"a*"}}""", false, "k", "abc")]
    [InlineData("""{"StringLike":{"k":"${*}${?}"}}""", true, "k", "*?")]
    [InlineData("""{"StringLike":{"k":"${*}${?}"}}""", false, "k", "ab")]
    [InlineData("""{"StringEquals":{"k":"${other}"}}""", true, "k", "v", "other", "v")]
    [InlineData("""{"StringLike":{"k":"${other}"}}""", false, "k", "abc", "other", "*")]
    [InlineData("""{"StringEquals":{"k":"${other, 'd'}"}}""", true, "k", "d")]
    [InlineData("""{"StringEquals":{"k":"${other}"}}""", false, "k", "")]
    [InlineData("""{"Bool":{"aws:SecureTransport":true}}""", true, "aws:securetransport", "true")]
    [InlineData("""{"Bool":{"aws:SecureTransport":"false"}}""", false, "aws:SecureTransport", "true")]
    [InlineData("""{"Bool":{"aws:SecureTransport":"false"}}""", false, "aws:SecureTransport", "maybe")]
    [InlineData("""{"NumericLessThan":{"k":10}}""", true, "k", "9.5")]
    [InlineData("""{"NumericLessThan":{"k":"10"}}""", false, "k", "10")]
    [InlineData("""{"NumericLessThanEquals":{"k":"10"}}""", true, "k", "10.0")]
    [InlineData("""{"NumericGreaterThan":{"k":"10"}}""", false, "k", "x")]
    [InlineData("""{"NumericGreaterThanEquals":{"k":"-1"}}""", true, "k", "-1")]
    [InlineData("""{"NumericGreaterThan":{"k":"-1"}}""", false, "k", "-1")]
    [InlineData("""{"NumericEquals":{"k":"1e2"}}""", true, "k", "100")]
    [InlineData("""{"NumericNotEquals":{"k":"1"}}""", false, "k", "1")]
    [InlineData("""{"DateLessThan":{"k":"2026-09-25T00:00:00Z"}}""", true, "k", "2026-09-24T23:59:59Z")]
    [InlineData("""{"DateLessThan":{"k":"2026-09-25T00:00:00+01:00"}}""", false, "k", "2026-09-24T23:00:00Z")]
    [InlineData("""{"DateLessThanEquals":{"k":"2026-09-25"}}""", true, "k", "2026-09-25T00:00:00Z")]
    [InlineData("""{"DateGreaterThan":{"k":"1790294584"}}""", true, "k", "2026-09-25T00:03:05Z")]
    [InlineData("""{"DateGreaterThanEquals":{"k":1790294584}}""", true, "k", "1790294584")]
    [InlineData("""{"DateEquals":{"k":"2026"}}""", true, "k", "2026-01-01T00:00:00Z")]
    [InlineData("""{"DateNotEquals":{"k":"2026"}}""", false, "k", "2026-01-01T00:00:00Z")]
    [InlineData("""{"IpAddress":{"aws:SourceIp":["198.51.100.1","192.0.2.77/25"]}}""", true, "aws:SourceIp", "192.0.2.1")]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"192.0.2.0/25"}}""", false, "aws:SourceIp", "192.0.2.128")]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}""", true, "aws:SourceIp", "::ffff:203.0.113.9")]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}""", false, "aws:SourceIp", "2001:db8::1")]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"2001:db8::/33"}}""", true, "aws:SourceIp", "2001:db8:7fff::1")]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"2001:db8::/33"}}""", false, "aws:SourceIp", "2001:db8:8000::1")]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}""", false, "aws:SourceIp", "192.0.2.128")]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}""", true, "aws:SourceIp", "192.0.3.1")]
    [InlineData("""{"Null":{"k":"true"}}""", true)]
    [InlineData("""{"Null":{"k":true}}""", false, "k", "v")]
    [InlineData("""{"Null":{"k":"false"}}""", true, "k", "v")]
    [InlineData("""{"ForAnyValue:StringEquals":{"k":["a","b"]}}""", true, "k", "x|b")]
    [InlineData("""{"ForAnyValue:StringEquals":{"k":["a","b"]}}""", false, "k", "x|y")]
    [InlineData("""{"ForAnyValue:StringEquals":{"k":"a"}}""", false)]
    [InlineData("""{"ForAllValues:StringEquals":{"k":["a","b"]}}""", true, "k", "b|a")]
    [InlineData("""{"ForAllValues:StringEquals":{"k":["a","b"]}}""", false, "k", "a|x")]
    [InlineData("""{"ForAllValues:StringEquals":{"k":"a"}}""", true)]
    [InlineData("""{"ForAnyValue:StringNotEquals":{"k":"a"}}""", true, "k", "a|x")]
    [InlineData("""{"ForAnyValue:StringNotEquals":{"k":"a"}}""", false)]
    [InlineData("""{"ForAnyValue:StringNotEqualsIfExists":{"k":"a"}}""", true)]
    [InlineData("""{"ForAnyValue:StringNotEquals":{"k":"a"}}""", false, "k", "a|a")]
    [InlineData("""{"ForAllValues:StringNotEquals":{"k":"a"}}""", false, "k", "x|a")]
    [InlineData("""{"StringEquals":{"k":"v","other":"w"}}""", false, "k", "v", "other", "x")]
    [InlineData("""{"StringEquals":{"k":"v"},"Bool":{"other":"true"}}""", true, "k", "v", "other", "true")]
    public void Evaluate_Condition_IsMetAsInIam(string condition, bool isMet, params string[] keysAndValues)
    {
        var context = new PolicyContext();
        for (var i = 0; i < keysAndValues.Length; i += 2)
        {
            context.With(keysAndValues[i], keysAndValues[i + 1].Split('|'));
        }

        var policy = Parse(Statement("Allow", $"\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{condition}"));

        Assert.Equal(isMet ? PolicyDecision.Allow : PolicyDecision.ImplicitDeny, policy.Evaluate("a:b", "arn:x", context));
    }

    [Theory]
    [InlineData("2012-10-17", "arn:x/${aws:username}/*", "ada", "arn:x/ada/1", "Allow")]
    [InlineData("2012-10-17", "arn:x/${aws:username}/*", "*", "arn:x/ada/1", "ImplicitDeny")]
    [InlineData("2012-10-17", "arn:x/${aws:username}/*", null, "arn:x//1", "ImplicitDeny")]
    [InlineData("2012-10-17", "arn:x/${aws:username, 'guest'}-${$}", null, "arn:x/guest-$", "Allow")]
    [InlineData("2008-10-17", "arn:x/${aws:username}/*", "ada", "arn:x/ada/1", "ImplicitDeny")]
    [InlineData("2008-10-17", "arn:x/${aws:username}/*", "ada", "arn:x/${aws:username}/1", "Allow")]
    public void Evaluate_Variable_IsReplacedInTheCurrentVersion(string version, string pattern, string? user, string resource, string expected)
    {
        var context = user is null ? new PolicyContext() : new PolicyContext().With("aws:username", user);
        var policy = Parse(Statement("Allow", $"\"Action\":\"*\",\"Resource\":\"{pattern}\"").Replace("2012-10-17", version, StringComparison.Ordinal));

        Assert.Equal(expected, policy.Evaluate("a:b", resource, context).ToString());
    }

    [Theory]
    [InlineData("Allow", nameof(PolicyDecision.ImplicitDeny), nameof(PolicyDecision.Allow))]
    [InlineData("Deny", nameof(PolicyDecision.ExplicitDeny), nameof(PolicyDecision.ExplicitDeny))]
    public void Evaluate_AllButAnUnknownVariable_NeverAllows(string effect, string unknown, string known)
    {
        var policy = Parse(Statement(effect, "\"Action\":\"*\",\"NotResource\":\"arn:x/${aws:username}\""));

        Assert.Equal(unknown, policy.Evaluate("a:b", "arn:x/ada", PolicyContext.Empty).ToString());
        Assert.Equal(known, policy.Evaluate("a:b", "arn:x/ada", new PolicyContext().With("aws:username", "eve")).ToString());
    }

    [Theory]
    [InlineData("[]", "policy")]
    [InlineData("{", "not JSON")]
    [InlineData("{}", "Statement")]
    [InlineData("""{"Version":"2020-01-01","Statement":[]}""", "Version")]
    [InlineData("""{"Statment":[]}""", "Statment")]
    [InlineData("""{"Statement":"x"}""", "Statement")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*"}]}""", "Statement[0]")]
    [InlineData("""{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}""", "Statement[0].Effect")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}""", "not JSON")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"a:b","Resource":"*"}]}""", "Statement[0].NotAction")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"Invoke","Resource":"*"}]}""", "Statement[0].Action")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}""", "Statement[0].Action")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":[1],"Resource":"*"}]}""", "Statement[0].Action")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":{"a":1}}]}""", "Statement[0].Resource")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:${x"}]}""", "Statement[0].Resource")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}""", "Statement[0].Principal")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condtion":{}}]}""", "Statement[0].Condtion")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqual":{"k":"v"}}}]}""", "StringEqual:")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NullIfExists":{"k":"true"}}}]}""", "NullIfExists")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForSome:Bool":{"k":"true"}}}]}""", "ForSome:Bool")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"k":"192.0.2.0/33"}}}]}""", "IpAddress.k")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"k":"1"}}}]}""", "IpAddress.k")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":"yes"}}}]}""", "Bool.k")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"k":"x"}}}]}""", "NumericEquals.k")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"soon"}}}]}""", "DateEquals.k")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"k":[]}}}]}""", "StringEquals.k")]
    public void TryParse_WhatIsNotUnderstood_IsAnErrorWithItsPlace(string json, string place)
    {
        Assert.False(PolicyDocument.TryParse(Encoding.UTF8.GetBytes(json), out var policy, out var error));
        Assert.Null(policy);
        Assert.Contains(place, error, StringComparison.Ordinal);
    }

    [Fact]
    public void OfRequest_KnowsSourceTimeAndTransport()
    {
        var context = PolicyContext.OfRequest(IPAddress.Parse("::ffff:192.0.2.1"), true, DateTimeOffset.FromUnixTimeSeconds(1_790_294_584));

        var policy = Parse(Statement("Allow", """
            "Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"Bool":{"aws:SecureTransport":"true"},
            "DateEquals":{"aws:CurrentTime":"2026-09-25T00:03:04Z"},"NumericEquals":{"aws:EpochTime":"1790294584"}}
            """));
        Assert.Equal(PolicyDecision.Allow, policy.Evaluate("a:b", "arn:x", context));
    }

    [Fact]
    public void Matches_HostilePattern_TakesNoTime()
    {
        // The naive recursion would take longer than the universe is old.
        var policy = Parse(Statement(
            "Allow", $"\"Action\":\"*\",\"Resource\":\"arn:{string.Concat(Enumerable.Repeat("*a", 1000))}b\""));

        Assert.Equal(PolicyDecision.ImplicitDeny, policy.Evaluate("a:b", "arn:" + new string('a', 4000), PolicyContext.Empty));
    }

    [Fact]
    public void Matches_AnyPattern_AgreesWithTheDefinition() =>
        Gen.Select(Gen.String[Gen.Char["ab*?"], 0, 8], Gen.String[Gen.Char["ab"], 0, 8]).Sample(
            (pattern, value) =>
            {
                Assert.True(PolicyPattern.TryParse(pattern, wildcards: true, variables: false, ignoreCase: false, out var parsed));
                Assert.Equal(Defined(pattern, value), parsed.Matches(value, PolicyContext.Empty));
            },
            iter: 5000,
            threads: 1);

    [Fact]
    public void Or_TwoPolicies_DenialWins()
    {
        Assert.Equal(PolicyDecision.ExplicitDeny, PolicyDecision.Allow.Or(PolicyDecision.ExplicitDeny));
        Assert.Equal(PolicyDecision.Allow, PolicyDecision.Allow.Or(PolicyDecision.ImplicitDeny));
        Assert.Equal(PolicyDecision.ImplicitDeny, default(PolicyDecision).Or(PolicyDecision.ImplicitDeny));
    }

    private static bool Defined(string pattern, string value) =>
        pattern.Length == 0 ? value.Length == 0
        : pattern[0] == '*' ? Defined(pattern[1..], value) || (value.Length > 0 && Defined(pattern, value[1..]))
        : value.Length > 0 && (pattern[0] == '?' || pattern[0] == value[0]) && Defined(pattern[1..], value[1..]);

    private static string Statement(string effect, string rest) =>
        $$$"""{"Version":"2012-10-17","Statement":{"Sid":"s","Effect":"{{{effect}}}",{{{rest}}}}}""";

    private static PolicyDocument Parse(string json)
    {
        Assert.True(PolicyDocument.TryParse(Encoding.UTF8.GetBytes(json), out var policy, out var error), error);
        return policy!;
    }

    private static void Expect(string expected, string json) =>
        Assert.Equal(expected, Parse(json).Evaluate(ExecuteApiResource.Invoke, Connect, PolicyContext.Empty).ToString());
}
