using RealtimeGateway.Apis;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.Tests.Deployments;

public sealed class DomainRulesTests
{
    private static readonly ApiId Chat = ApiId.Parse("chat");

    [Fact]
    public void Check_GoodDomains_IsSilent() =>
        Assert.Empty(Check(new("ws.example.com", "", Chat, "prod"), new("*.example.com", "v1/chat", Chat, "prod"), new("ws.example.com", "v2", Chat, "prod")));

    [Theory]
    [InlineData("", "", "prod", "domains.0.host")]
    [InlineData("https://ws.example.com", "", "prod", "domains.0.host")]
    [InlineData("ws.example.com:8080", "", "prod", "domains.0.host")]
    [InlineData("*", "", "prod", "domains.0.host")]
    [InlineData("ws.example.com", "", "nope", "domains.0.stage")]
    public void Check_BadDomain_IsToldWithItsPlace(string host, string path, string stage, string place) =>
        Assert.Equal(place, Assert.Single(Check(new DomainMapping(host, path, Chat, stage))).Path.ToString());

    [Fact]
    public void Check_SamePathTwice_IsTold() =>
        Assert.Equal("domains.1", Assert.Single(Check(new("ws.example.com", "v1", Chat, "prod"), new("WS.example.com", "/v1/", Chat, "prod"))).Path.ToString());

    private static List<ConfigurationError> Check(params DomainMapping[] domains)
    {
        var errors = new List<ConfigurationError>();
        DomainRules.Check(new() { Apis = [new Api { Id = Chat, Stages = [new Stage { Name = "prod" }] }], Domains = [.. domains] }, errors);
        return errors;
    }
}
