using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class ContextVariableTests
{
    [Theory]
    [InlineData("connectionId", ContextKeys.ConnectionId)]
    [InlineData("identity.sourceIp", ContextKeys.SourceIp)]
    [InlineData("authorizer.principalId", ContextKeys.PrincipalId)]
    public void TryParse_KnownName_GivesKey(string name, string key)
    {
        Assert.True(ContextVariable.TryParse(name, out var variable));
        Assert.Equal((key, name), (variable.Key.ToString(), variable.Name));
        Assert.Null(variable.Property);
    }

    [Theory]
    [InlineData("authorizer.tenant", "tenant")]
    [InlineData("authorizer.status", "status")]
    [InlineData("authorizer.a.b", "a.b")]
    public void TryParse_AuthorizerMember_CarriesItsName(string name, string property)
    {
        Assert.True(ContextVariable.TryParse(name, out var variable));
        Assert.Equal(new ContextVariable(ContextKey.AuthorizerProperty, property), variable);
        Assert.Equal(name, variable.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ConnectionId")]
    [InlineData("authorizer.")]
    [InlineData("authorizer")]
    [InlineData("integration.status")]
    [InlineData("httpMethod")]
    public void TryParse_UnknownName_IsUnset(string name)
    {
        Assert.False(ContextVariable.TryParse(name, out var variable));
        Assert.Equal(new ContextVariable(ContextKey.Unset, name), variable);
    }

    [Fact]
    public void ParseForAccessLog_AuthorizerStatus_IsTheAuthorizersOwn()
    {
        Assert.Equal(ContextKey.AuthorizerStatus, ContextVariable.ParseForAccessLog("authorizer.status").Key);
        Assert.Equal(ContextKey.AuthorizerProperty, ContextVariable.ParseForAccessLog("authorizer.tenant").Key);
        Assert.Equal(ContextKey.Unset, ContextVariable.ParseForAccessLog("responseLength").Key);
    }

    [Fact]
    public void Name_OfEachKey_ParsesBack()
    {
        foreach (var key in Enum.GetValues<ContextKey>().Except([ContextKey.Unset, ContextKey.AuthorizerProperty]))
        {
            Assert.Equal(new ContextVariable(key), ContextVariable.ParseForAccessLog(new ContextVariable(key).Name));
        }
    }

    private static class ContextKeys
    {
        public const string ConnectionId = nameof(ContextKey.ConnectionId);
        public const string SourceIp = nameof(ContextKey.IdentitySourceIp);
        public const string PrincipalId = nameof(ContextKey.AuthorizerPrincipalId);
    }
}
