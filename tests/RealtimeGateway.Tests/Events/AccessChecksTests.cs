using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Events;

/// <summary>The variables of access logs about the checks of a handshake.</summary>
public sealed class AccessChecksTests
{
    private static readonly AccessChecks All = new()
    {
        Authenticate = new AccessStep(403, 1, "no key"),
        Authorize = new AccessStep(401, 2, "no policy"),
        Authorizer = new AuthorizerCheck(500, "no answer") { IntegrationLatencyMilliseconds = 3, IntegrationStatus = 404, RequestId = "call-7" },
    };

    private static readonly string[] Names =
    [
        "authenticate.error", "authenticate.latency", "authenticate.status", "authorize.error", "authorize.latency", "authorize.status",
        "authorizer.error", "authorizer.integrationLatency", "authorizer.integrationStatus", "authorizer.latency", "authorizer.requestId", "authorizer.status",
    ];

    [Fact]
    public void TryWrite_EveryCheck_HasItsVariables() => Assert.Equal(
        ["no key", "1", "403", "no policy", "2", "401", "no answer", "3", "404", "4", "call-7", "500"], Print(Event(All)));

    [Fact]
    public void TryWrite_NoCheck_HasNone() => Assert.All(Print(Event(null)), Assert.Null);

    [Fact]
    public void TryWrite_ChecksThatWereNotMade_HaveNone() => Assert.All(Print(Event(new AccessChecks())), Assert.Null);

    [Fact]
    public void TryWrite_WhatIsNotKnown_IsLeftOut() => Assert.Equal(
        [null, "5", "200", null, null, null, null, null, null, "4", null, "200"],
        Print(Event(new AccessChecks { Authenticate = new AccessStep(200, 5, null), Authorizer = new AuthorizerCheck(200, null) })));

    [Fact]
    public void Clear_OfAContext_ForgetsTheChecks()
    {
        var context = Event(All);
        context.Clear();

        Assert.Null(context.Checks);
        Assert.All(Print(context), Assert.Null);
    }

    private static EventContext Event(AccessChecks? checks) => new()
    {
        Type = EventType.Connect,
        Stage = new StageIdentity(ApiId.Parse("chat"), "prod", ImmutableSortedDictionary<string, string>.Empty, "000000000000", "us-east-1"),
        RouteKey = Route.Connect,
        ConnectionId = default,
        Client = new ClientIdentity
        {
            ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "chat.example", SourceIp = "127.0.0.1", ConnectedAt = DateTimeOffset.UnixEpoch,
        },
        RequestId = default,
        RequestTime = DateTimeOffset.UnixEpoch,
        AuthorizerLatencyMilliseconds = 4,
        Checks = checks,
    };

    private static string?[] Print(EventContext context) => [.. Names.Select(name =>
    {
        var writer = new ArrayBufferWriter<byte>();
        return context.TryWriteContext(ContextVariable.ParseForAccessLog(name), writer) ? Encoding.UTF8.GetString(writer.WrittenSpan) : null;
    })];
}
