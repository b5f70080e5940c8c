using Microsoft.Extensions.Primitives;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class ParameterMappingTests
{
    private const string Header = "integration.request.header.X";

    [Theory]
    [InlineData("integration.request.header.X-User", 0, "X-User")]
    [InlineData("integration.request.querystring.user$id", 1, "user$id")]
    [InlineData("integration.request.path.proxy", 2, "proxy")]
    [InlineData("route.response.header.Sec-WebSocket-Protocol", 3, "Sec-WebSocket-Protocol")]
    public void TryParse_Target_NamesPlace(string target, int place, string name)
    {
        Assert.True(ParameterMapping.TryParse(target, "'x'", MappingRoute.Connect, out var mapping, out var error), error);
        Assert.Equal(((MappingPlace)place, name), (mapping.Place, mapping.Name));
    }

    [Theory]
    [InlineData(0, "route.request.header.x-token", "last")]
    [InlineData(0, "route.request.multivalueheader.X-Token", "first;last")]
    [InlineData(0, "route.request.querystring.q", "2")]
    [InlineData(0, "route.request.multivaluequerystring.q", "1;2")]
    [InlineData(0, "context.connectionId", "abc=")]
    [InlineData(1, "context.authorizer.tenant", "acme")]
    [InlineData(1, "stageVariables.env", "prod")]
    [InlineData(1, "'it''s static'", "it''s static")]
    [InlineData(1, "''", "")]
    [InlineData(2, "'x'", "x")]
    [InlineData(2, "route.request.body.a", "text")]
    [InlineData(2, "route.request.body.escaped", "a\"b\t")]
    [InlineData(2, "route.request.body.n", "1.50")]
    [InlineData(2, "route.request.body.list[1].deep", "true")]
    [InlineData(2, "route.request.body.list", """[0,{"deep":true,"s":" \" x "}]""")]
    public void Evaluate_Source_GivesValues(int route, string source, string expected)
    {
        var value = Evaluate(source, (MappingRoute)route, Message());

        Assert.Equal(MappedStatus.Found, value.Status);
        Assert.Equal(expected.Split(';'), value.Values.ToArray());
    }

    [Fact]
    public void Evaluate_WholeBody_GivesItsText()
    {
        var value = Evaluate("route.request.body", MappingRoute.Message, new FakeMessageSource { Body = "not JSON" });

        Assert.Equal(new MappedValue(MappedStatus.Found, "not JSON"), value);
    }

    [Theory]
    [InlineData(0, "route.request.header.absent")]
    [InlineData(0, "route.request.multivalueheader.absent")]
    [InlineData(0, "route.request.querystring.Q")]
    [InlineData(0, "route.request.multivaluequerystring.absent")]
    [InlineData(2, "route.request.body.absent")]
    [InlineData(2, "route.request.body.a.b")]
    [InlineData(2, "route.request.body.list[7]")]
    [InlineData(2, "context.messageId")]
    [InlineData(2, "stageVariables.absent")]
    public void Evaluate_SourceMissing_Drops(int route, string source) =>
        Assert.Equal(new MappedValue(MappedStatus.Dropped), Evaluate(source, (MappingRoute)route, Message()));

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("{a: 1}")]
    public void Evaluate_BodyIsNotStrictJson_DropsParts(string body) =>
        Assert.Equal(MappedStatus.Dropped, Evaluate("route.request.body.a", MappingRoute.Message, new FakeMessageSource { Body = body }).Status);

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\0")]
    [InlineData("\u001b")]
    [InlineData("\u007f")]
    [InlineData("\t\n")]
    public void Evaluate_ControlCharacterInValue_IsRefused(string control)
    {
        var evil = "x" + control + "Injected: 1";
        var source = new FakeMessageSource
        {
            Body = $$"""{"a":"x\u{{(int)control[^1]:x4}}y"}""",
            Headers = { ["h"] = new StringValues(["fine", evil]), ["m"] = new StringValues([evil, "fine"]) },
            Query = { ["q"] = evil },
            Context = { ["authorizer.tenant"] = evil },
            Variables = { ["env"] = evil },
        };

        foreach (var (name, route) in new[]
        {
            ("route.request.header.h", MappingRoute.Connect),
            ("route.request.multivalueheader.m", MappingRoute.Connect),
            ("route.request.querystring.q", MappingRoute.Connect),
            ("context.authorizer.tenant", MappingRoute.Connect),
            ("stageVariables.env", MappingRoute.Message),
            ("route.request.body.a", MappingRoute.Message),
        })
        {
            Assert.Equal(new MappedValue(MappedStatus.Refused), Evaluate(name, route, source));
        }

        Assert.Equal(MappedStatus.Found, Evaluate("route.request.header.m", MappingRoute.Connect, source).Status);
    }

    [Fact]
    public void Evaluate_BodyOfSeveralLines_IsRefusedWhole()
    {
        var source = new FakeMessageSource { Body = "{\n \"a\": { \"b\": 1 }\n}" };

        Assert.Equal(MappedStatus.Refused, Evaluate("route.request.body", MappingRoute.Message, source).Status);
        Assert.Equal("{\"b\":1}", Evaluate("route.request.body.a", MappingRoute.Message, source).Values.ToString());
    }

    [Theory]
    [InlineData("integration.response.header.X-Protocol", "chat.v2")]
    [InlineData("'chat.v1'", "chat.v1")]
    public void Evaluate_ResponseTarget_GivesSubprotocol(string text, string expected)
    {
        Assert.True(ParameterMapping.TryParse(
            "route.response.header.Sec-WebSocket-Protocol", text, MappingRoute.Connect, out var mapping, out var error), error);

        Assert.Equal(expected, mapping.Evaluate(new FakeMessageSource { AnswerHeaders = { ["x-protocol"] = "chat.v2" } }).Values.ToString());
    }

    [Theory]
    [InlineData(0, "header.X", "'x'", "key 'header.X': use integration.request.header.{name}")]
    [InlineData(2, "route.response.header.X", "'x'", "on $connect also route.response.header.{name}")]
    [InlineData(0, "integration.request.header.", "'x'", "'' is not a name")]
    [InlineData(0, "integration.request.header.a b", "'x'", "'a b' is not a name")]
    [InlineData(0, "integration.request.header.a\r\nb", "'x'", "is not a name")]
    [InlineData(0, Header, "route.request.body", "value 'route.request.body' of key 'integration.request.header.X': $connect and $disconnect have no body")]
    [InlineData(1, Header, "route.request.body.a", "$connect and $disconnect have no body")]
    [InlineData(1, Header, "route.request.header.h", "only into the request of $connect")]
    [InlineData(2, Header, "route.request.querystring.q", "only into the request of $connect; use route.request.body.{path}")]
    [InlineData(2, Header, "route.request.body..a", "recursive descent")]
    [InlineData(2, Header, "route.request.body.a[?(@.b)]", "not supported")]
    [InlineData(2, Header, "plain", "'static text' in single quotes")]
    [InlineData(2, Header, "'", "it is not a source")]
    [InlineData(2, Header, "'a\nb'", "must not have control characters")]
    [InlineData(2, Header, "context.nothing", "there is no variable 'context.nothing'")]
    [InlineData(2, Header, "stageVariables.a-b", "'a-b' is not a stage variable's name")]
    [InlineData(2, Header, "integration.response.header.a", "there is no answer yet")]
    public void TryParse_Malformed_NamesHalfAndMend(int route, string target, string source, string expected)
    {
        Assert.False(ParameterMapping.TryParse(target, source, (MappingRoute)route, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static MappedValue Evaluate(string source, MappingRoute route, FakeMessageSource message)
    {
        Assert.True(ParameterMapping.TryParse(Header, source, route, out var mapping, out var error), error);
        return mapping.Evaluate(message);
    }

    private static FakeMessageSource Message() => new()
    {
        Body = """{"a":"text","escaped":"a\"b\t","n":1.50,"list": [0, { "deep": true , "s": " \" x " }]}""",
        Headers = { ["X-Token"] = new StringValues(["first", "last"]) },
        Query = { ["q"] = new StringValues(["1", "2"]) },
        Context = { ["connectionId"] = "abc=", ["authorizer.tenant"] = "acme" },
        Variables = { ["env"] = "prod" },
    };
}
