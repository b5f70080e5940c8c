using RealtimeGateway.Apis;
using RealtimeGateway.Deployments;

namespace RealtimeGateway.Tests.Deployments;

public sealed class StageTableTests
{
    private static readonly CompiledStage[] Two = Compiled.Of(new GatewayConfiguration
    {
        Apis = [Compiled.Api("chat", "prod", "beta"), Compiled.Api("prod", "chat", "live")],
    }).Stages!;

    private static readonly CompiledStage[] One = Compiled.Of(new GatewayConfiguration { Apis = [Compiled.Api("chat", "prod", "beta")] }).Stages!;

    [Theory]
    [InlineData("localhost:8080", "/chat/prod", "chat/prod", "")]
    [InlineData("localhost", "/chat/beta/", "chat/beta", "/")]
    [InlineData("localhost", "/chat/prod/@connections/x%3D", "chat/prod", "/@connections/x%3D")]
    [InlineData("CHAT.execute-api.us-east-1.example", "/beta", "chat/beta", "")]
    [InlineData("chat.example:443", "/prod/@connections/x", "chat/prod", "/@connections/x")]
    // The host wins over the path, as long as it leads somewhere.
    [InlineData("prod.example", "/chat/prod", "prod/chat", "/prod")]
    [InlineData("chat.example", "/prod/chat", "chat/prod", "/chat")]
    [InlineData("chat.example", "/prod/live", "chat/prod", "/live")]
    [InlineData("chat.example", "/PROD/live", "prod/live", "")]
    public void Resolve_OfHostAndPath_FirstMatchWins(string host, string path, string stage, string rest) =>
        AssertLeads(StageTable.Empty.Succeed(Two, null, []), host, path, stage, rest);

    [Theory]
    [InlineData("localhost", "/prod", "chat/prod", "")]
    [InlineData("127.0.0.1:8080", "/beta/x/y", "chat/beta", "/x/y")]
    [InlineData("localhost", "/chat/prod", "chat/prod", "")]
    public void Resolve_WithOneApi_NeedsNoApi(string host, string path, string stage, string rest) =>
        AssertLeads(StageTable.Empty.Succeed(One, null, []), host, path, stage, rest);

    [Fact]
    public void Resolve_WithADefaultApi_NeedsNoApi() =>
        AssertLeads(StageTable.Empty.Succeed(Two, ApiId.Parse("prod"), []), "localhost", "/live", "prod/live", "");

    [Theory]
    [InlineData("localhost", "/live")]
    [InlineData("localhost", "/")]
    [InlineData("localhost", "")]
    [InlineData("localhost", "//prod")]
    [InlineData("localhost", "/chat")]
    [InlineData("localhost", "/chat/")]
    [InlineData("localhost", "/chat/PROD")]
    [InlineData("localhost", "/chat/pro%64")]
    [InlineData("", "/nowhere")]
    [InlineData(".chat.example", "/live")]
    public void Resolve_OfWhatIsNotThere_IsNothing(string host, string path) =>
        Assert.Null(StageTable.Empty.Succeed(Two, null, []).Resolve(host, path).Slot);

    [Theory]
    [InlineData("rooms.example.com", "/", "chat/prod", "/")]
    [InlineData("ROOMS.example.com:8080", "", "chat/prod", "")]
    [InlineData("rooms.example.com", "/@connections/x%3D", "chat/prod", "/@connections/x%3D")]
    [InlineData("rooms.example.com", "/blue/big/@connections/x", "chat/beta", "/@connections/x")]
    [InlineData("rooms.example.com", "/blue/b%69g", "chat/beta", "")]
    [InlineData("rooms.example.com", "/blue/bigger", "prod/live", "/bigger")]
    [InlineData("rooms.example.com", "/chat/prod", "chat/prod", "/chat/prod")]
    [InlineData("one.more.example.com", "/x", "prod/chat", "")]
    public void Resolve_CustomDomain_LongestMappingWins(string host, string path, string stage, string rest) =>
        AssertLeads(StageTable.Empty.Succeed(Two, null, Domains), host, path, stage, rest);

    [Theory]
    [InlineData("one.more.example.com", "/y")]
    [InlineData("one.more.example.com", "/chat/prod")]
    public void Resolve_CustomDomainWithoutMapping_IsNothing(string host, string path) =>
        Assert.Null(StageTable.Empty.Succeed(Two, null, Domains).Resolve(host, path).Slot);

    private static readonly System.Collections.Immutable.ImmutableArray<DomainMapping> Domains =
    [
        new("rooms.example.com", "", ApiId.Parse("chat"), "prod"),
        new("rooms.example.com", "blue", ApiId.Parse("prod"), "live"),
        new("rooms.example.com", "blue/big", ApiId.Parse("chat"), "beta"),
        new("*.more.example.com", "x", ApiId.Parse("prod"), "chat"),
        new("rooms.example.com", "gone", ApiId.Parse("prod"), "nowhere"),
    ];

    [Fact]
    public void Resolve_WhenNothingIsServed_IsNothing() => Assert.Null(StageTable.Empty.Resolve("chat.example", "/prod").Slot);

    /// <summary>An open connection holds its slot: a stage that stays keeps it, and shows its new form in it.</summary>
    [Fact]
    public void Succeed_KeepsTheSlotsOfStagesThatStay_AndMarksTheOthers()
    {
        var before = StageTable.Empty.Succeed(Two, null, []);
        var stays = before.Find(ApiId.Parse("chat"), "prod")!;
        var goes = before.Find(ApiId.Parse("prod"), "live")!;
        var after = before.Succeed(One, null, []);

        Assert.Same(stays, after.Find(ApiId.Parse("chat"), "prod"));
        Assert.Same(One[0], stays.Current);
        Assert.True(stays.IsServed);
        Assert.Null(after.Find(ApiId.Parse("prod"), "live"));
        Assert.False(goes.IsServed);
        // Its $disconnects still need it.
        Assert.Equal("live", goes.Current.Identity.Name);

        var again = after.Succeed(Two, null, []);
        Assert.NotSame(goes, again.Find(ApiId.Parse("prod"), "live"));
    }

    private static void AssertLeads(StageTable table, string host, string path, string stage, string rest)
    {
        var address = table.Resolve(host, path);
        Assert.NotNull(address.Slot);
        Assert.Equal(stage, $"{address.Slot.Current.Identity.ApiId}/{address.Slot.Current.Identity.Name}");
        Assert.Equal(rest, address.Rest.ToString());
    }
}
