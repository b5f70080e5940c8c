using System.Text;
using CsCheck;
using RealtimeGateway.Integrations;
using RealtimeGateway.Integrations.Lambda;

namespace RealtimeGateway.Tests.Integrations;

public sealed class ProxyResponseTests
{
    [Theory]
    [InlineData("""{"statusCode":200}""", 200, null)]
    [InlineData("""{"statusCode":"204"}""", 204, null)]
    [InlineData("""  {"other":[1,{"statusCode":1}],"statusCode":200,"body":"x"}  """, 200, "x")]
    [InlineData("""{"body":"first","statusCode":200}""", 200, "first")]
    [InlineData("""{"body":"first","body":"second","statusCode":200}""", 200, "second")]
    [InlineData("""{"statusCode":200,"body":null}""", 200, null)]
    [InlineData("""{"statusCode":200,"body":""}""", 200, "")]
    [InlineData("""{"statusCode":599,"body":"\u00fc\n\"\ud83d\ude00"}""", 599, "\u00fc\n\"\U0001F600")]
    [InlineData("""{"statusCode":200,"isBase64Encoded":false,"body":"aGk="}""", 200, "aGk=")]
    [InlineData("""{"statusCode":200,"isBase64Encoded":true,"body":"aGk="}""", 200, "hi")]
    [InlineData("""{"isBase64Encoded":true,"statusCode":200,"body":""}""", 200, "")]
    [InlineData("""{"isBase64Encoded":true,"statusCode":200}""", 200, null)]
    public void TryRead_OfAProxyResponse_TakesStatusAndBody(string json, int status, string? body)
    {
        Assert.True(ProxyResponse.TryRead(Encoding.UTF8.GetBytes(json), out var outcome));
        using (outcome)
        {
            Assert.Equal(IntegrationStatus.Answered, outcome.Status);
            Assert.Equal(status, outcome.StatusCode);
            Assert.Equal(body is not null, outcome.HasBody);
            Assert.Equal(body ?? "", Encoding.UTF8.GetString(outcome.Body.Span));
        }
    }

    /// <summary>What stands behind the headers counts, in whatever order a function writes.</summary>
    [Fact]
    public void TryRead_OfBothKindsOfHeaders_ReadsOn()
    {
        const string Json = """
            {"headers":{"Sec-WebSocket-Protocol":"a"},"multiValueHeaders":{"X":["y"],"Sec-WebSocket-Protocol":["b"]},"statusCode":201,"body":"behind"}
            """;
        Assert.True(ProxyResponse.TryRead(Encoding.UTF8.GetBytes(Json), out var outcome));
        Assert.Equal((201, "a", "behind"), (outcome.StatusCode, outcome.Subprotocol, Encoding.UTF8.GetString(outcome.Body.Span)));
        outcome.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"body":"x"}""")]
    [InlineData("""{"statusCode":null}""")]
    [InlineData("""{"statusCode":"ok"}""")]
    [InlineData("""{"statusCode":"200 "}""")]
    [InlineData("""{"statusCode":"2e2"}""")]
    [InlineData("""{"statusCode":99}""")]
    [InlineData("""{"statusCode":1000}""")]
    [InlineData("""{"statusCode":200.5}""")]
    [InlineData("""{"statusCode":true}""")]
    [InlineData("""{"statusCode":200,"body":1}""")]
    [InlineData("""{"statusCode":200,"body":{}}""")]
    [InlineData("""{"statusCode":200,"body":"\ud800"}""")]
    [InlineData("""{"statusCode":200,"isBase64Encoded":true,"body":"*"}""")]
    [InlineData("""{"statusCode":200""")]
    [InlineData("""{"statusCode":200,}""")]
    [InlineData("""{"statusCode":200} trailing""")]
    [InlineData("""{'statusCode':200}""")]
    public void TryRead_OfAnythingElse_IsMalformed(string json) => Assert.False(ProxyResponse.TryRead(Encoding.UTF8.GetBytes(json), out _));

    [Theory]
    [InlineData("""{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"a"}}""", "a")]
    [InlineData("""{"statusCode":200,"headers":{"sec-websocket-PROTOCOL":"a"}}""", "a")]
    [InlineData("""{"statusCode":200,"headers":{"X":"y","Sec-WebSocket-Protocol":"a"},"multiValueHeaders":{"Sec-WebSocket-Protocol":["b"]}}""", "a")]
    [InlineData("""{"statusCode":200,"multiValueHeaders":{"Sec-WebSocket-Protocol":["b"]}}""", "b")]
    [InlineData("""{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":null}}""", null)]
    [InlineData("""{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":{"x":1}}}""", null)]
    [InlineData("""{"statusCode":200,"headers":null}""", null)]
    [InlineData("""{"statusCode":200,"headers":[1]}""", null)]
    [InlineData("""{"statusCode":200}""", null)]
    public void TryRead_FindsTheSubprotocol(string json, string? subprotocol)
    {
        Assert.True(ProxyResponse.TryRead(Encoding.UTF8.GetBytes(json), out var outcome));
        Assert.Equal(subprotocol, outcome.Subprotocol);
        outcome.Dispose();
    }

    /// <summary>A function may answer anything.</summary>
    [Fact]
    public void TryRead_OfMutatedAnswers_NeverThrows()
    {
        var seed = """{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"a","X":["b",{"c":null}]},"multiValueHeaders":{"Y":["z"]},"isBase64Encoded":true,"body":"aGVsbG8="}"""u8.ToArray();
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte, Gen.Int[0, seed.Length], Gen.Int[0, seed.Length - 1], Gen.Byte).Sample(
            (at, value, length, other, byOther) =>
            {
                var json = seed.ToArray();
                json[at] = value;
                json[other] = byOther;
                if (ProxyResponse.TryRead(json.AsSpan(0, length), out var outcome))
                {
                    Assert.InRange(outcome.StatusCode, 100, 999);
                    outcome.Dispose();
                }
            },
            iter: 50_000);
    }
}
