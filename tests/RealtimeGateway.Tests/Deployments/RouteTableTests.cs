using System.Text;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.Deployments;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("""{"action":"join"}""", "join")]
    [InlineData("""{"action":"j\u006fin"}""", "join")]
    [InlineData("""{"action":"\u00fc\u20ac"}""", "\u00fc\u20ac")]
    [InlineData("""{"action":"joi"}""", "$default")]
    [InlineData("""{"action":"joinn"}""", "$default")]
    [InlineData("""{"action":"$connect"}""", "$default")]
    [InlineData("""{"action":"$disconnect"}""", "$default")]
    [InlineData("""{"action":"$default"}""", "$default")]
    [InlineData("""{"action":42}""", "42")]
    [InlineData("""{"action":["a","b"]}""", "[a, b]")]
    [InlineData("no json", "$default")]
    [InlineData("", "$default")]
    public void Select_ByTheBody_OrElseTheDefault(string body, string key) =>
        Assert.Equal(key, Table("join", "\u00fc\u20ac", "42", "[a, b]", Route.Connect, Route.Disconnect, Route.Default).Select(Encoding.UTF8.GetBytes(body))?.Key);

    [Fact]
    public void Select_WithoutADefault_IsNothing()
    {
        var table = Table("join", Route.Connect);
        Assert.Null(table.Select("""{"action":"leave"}"""u8));
        Assert.Null(table.Select("""{"action":"$connect"}"""u8));
        Assert.Equal(Route.Connect, table.Connect?.Key);
        Assert.Null(table.Disconnect);
    }

    [Fact]
    public void Select_OfALongerKeyThanAnyRoutes_IsTheDefault()
    {
        var longest = new string('k', 128);
        var table = Table(longest, Route.Default);
        Assert.Equal(longest, table.Select(Encoding.UTF8.GetBytes($$"""{"action":"{{longest}}"}"""))?.Key);
        Assert.Equal(Route.Default, table.Select(Encoding.UTF8.GetBytes($$"""{"action":"{{longest}}k"}"""))?.Key);
        Assert.Equal(Route.Default, table.Select(Encoding.UTF8.GetBytes($$"""{"action":"{{new string('k', 100_000)}}"}"""))?.Key);
    }

    [Fact]
    public void Select_AmongNoRoutes_IsNothing() => Assert.Null(Table().Select("""{"action":"join"}"""u8));

    private static RealtimeGateway.Deployments.RouteTable Table(params string[] keys)
    {
        var (errors, stages) = Compiled.Of(new GatewayConfiguration
        {
            Apis = [Compiled.Api("chat", "prod") with { Routes = [.. keys.Select(key => new Route { RouteKey = key })] }],
        });
        Assert.Empty(errors);
        return stages![0].Routes;
    }
}
