using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Events;

public sealed class EventHeadersTests
{
    private static readonly ClientIdentity Client = new()
    {
        ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "chat.example:8080", SourceIp = "192.0.2.10", ConnectedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void OfUpgrade_SortsAndSpells_AndLeavesTheHopsOwnOut()
    {
        var headers = EventHeaders.OfUpgrade(
            Upgrade(new()
            {
                ["connection"] = "Upgrade", ["upgrade"] = "websocket", ["content-length"] = "0", ["host"] = "forged", [":protocol"] = "websocket",
                ["x-forwarded-for"] = "203.0.113.1", ["X-FORWARDED-PORT"] = "1", ["x-forwarded-proto"] = "https", ["x-amzn-trace-id"] = "forged",
                ["sec-websocket-key"] = "k", ["user-agent"] = "demo", ["x-OWN-case"] = new StringValues(["1", "2"]), ["origin"] = "https://a.example",
            }),
            Client);

        Assert.Equal(
            [
                "Host=chat.example:8080", "Origin=https://a.example", "Sec-WebSocket-Key=k", "User-Agent=demo", "X-Amzn-Trace-Id=Root=1",
                "X-Forwarded-For=192.0.2.10", "X-Forwarded-Port=8080", "X-Forwarded-Proto=http", "x-OWN-case=1,2",
            ],
            headers.Select(header => $"{header.Key}={header.Value}"));
    }

    [Fact]
    public void OfDisconnect_IsTheHostAndThreeEmptyOnes() => Assert.Equal(
        ["Host=chat.example:8080", "x-api-key=", "X-Forwarded-For=", "x-restapi="],
        EventHeaders.OfDisconnect(Client).Select(header => $"{header.Key}={header.Value}"));

    private static UpgradeRequest Upgrade(HeaderDictionary headers) =>
        new() { Headers = headers, QueryString = "", Port = 8080, Scheme = "http", TraceId = "Root=1" };
}
