using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class SelectionExpressionTests
{
    // The rows of AWS's documentation.
    [Theory]
    [InlineData("$request.body.action", """{"action":"join"}""", "join")]
    [InlineData("${request.body.action}", """{"action":"join"}""", "join")]
    [InlineData("$request.body.a.b", """{"a":{"b":"deep"}}""", "deep")]
    [InlineData("${request.body.service}/${request.body.action}", """{"service":"chat","action":"join"}""", "chat/join")]
    [InlineData("${request.body.action}-${request.body.invalidPath}", """{"action":"join"}""", "join-")]
    [InlineData("action", """{"any":1}""", "action")]
    [InlineData(@"\$default", "[]", "$default")]
    [InlineData("$request.body.action", """{"action":["item1","item2"]}""", "[item1, item2]")]
    // Scalars as written; nothing is evaluated twice.
    [InlineData("$request.body.a", """{"a":1.50e3}""", "1.50e3")]
    [InlineData("$request.body.a", """{"a":true}""", "true")]
    [InlineData("$request.body.a", """{"a":null}""", "null")]
    [InlineData("$request.body.a", """{"a":""}""", "")]
    [InlineData("$request.body.a", """{"a":"$request.body.b","b":"x"}""", "$request.body.b")]
    [InlineData("$request.body.a", """{"a":"$connect"}""", "$connect")]
    // Containers as Java prints them.
    [InlineData("$request.body.a", """{"a":{"a":1,"b":"x","c":[1,{"d":null}],"e":{},"f":[]}}""", "{a=1, b=x, c=[1, {d=null}], e={}, f=[]}")]
    [InlineData("$request.body.a", """{"a":[[1],[2,3]]}""", "[[1], [2, 3]]")]
    [InlineData("$request.body", """{ "a" : "b" }""", "{a=b}")]
    [InlineData("$request.body", "\"text\"", "text")]
    // Paths.
    [InlineData("$request.body.a[1]", """{"a":["x","y"]}""", "y")]
    [InlineData("$request.body.a[1].b", """{"a":[{"b":0},{"b":1}]}""", "1")]
    [InlineData("$request.body.a[9]", """{"a":["x","y"]}""", "")]
    [InlineData("$request.body[0][1]", "[[1,2]]", "2")]
    [InlineData("$request.body['a.b']", """{"a.b":"x"}""", "x")]
    [InlineData("$request.body.a.b", """{"a":"scalar"}""", "")]
    [InlineData("$request.body.b", """{"a":{"b":"inner"}}""", "")]
    [InlineData("$request.body.héllo", """{"héllo":"x"}""", "x")]
    // Whole and part at once, the same twice.
    [InlineData("${request.body.a}|${request.body.a.b}|${request.body.a.b}", """{"a":{"b":1}}""", "{b=1}|1|1")]
    [InlineData("${request.body.b}${request.body.a}", """{"a":1,"b":2}""", "21")]
    [InlineData(@"\$${request.body.a}\$", """{"a":1}""", "$1$")]
    // The last of repeated names counts, with all that lies below.
    [InlineData("$request.body.a", """{"a":"first","a":"last"}""", "last")]
    [InlineData("$request.body.a.b", """{"a":{"b":1},"a":{}}""", "")]
    [InlineData("$request.body.a.b", """{"a":{"b":1},"a":2}""", "")]
    [InlineData("${request.body.a.b}${request.body.c}", """{"c":0,"a":1,"a":{"b":1}}""", "10")]
    // Escapes.
    [InlineData("$request.body.action", """{"act\u0069on":"jo\u0069n"}""", "join")]
    [InlineData("$request.body.a", """{"a":"\"\\\/\b\f\n\r\t"}""", "\"\\/\b\f\n\r\t")]
    [InlineData("$request.body.a", """{"a":"\ud83d\ude00é"}""", "😀é")]
    [InlineData("$request.body.a", """{"a":"\ud83dx\ude00"}""", "\uFFFDx\uFFFD")]
    [InlineData("$request.body.a", """{"\u0061b":"no","\u0061":["\u0031"]}""", "[1]")]
    public void Evaluate_Body_GivesKey(string expression, string body, string key)
    {
        var compiled = Parse(expression, SelectionScope.Route);
        Span<byte> destination = stackalloc byte[128];

        var status = compiled.Evaluate(Encoding.UTF8.GetBytes(body), destination, out var written);

        Assert.Equal(SelectionStatus.Ok, status);
        Assert.Equal(key, Encoding.UTF8.GetString(destination[..written]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("""{"action":"join"} x""")]
    [InlineData("""{"action":"join"}{}""")]
    [InlineData("[1,2")]
    [InlineData("""{"action":}""")]
    [InlineData("""{"action":"\ud8"}""")]
    [InlineData("'hello'")]
    [InlineData("hello, {world}")]
    public void Evaluate_BodyIsNotJson_SaysSoEvenForStaticText(string body)
    {
        foreach (var expression in new[] { "$request.body.action", "action" })
        {
            var status = Parse(expression, SelectionScope.Route).Evaluate(Encoding.UTF8.GetBytes(body), new byte[16], out var written);

            Assert.Equal((SelectionStatus.NotJson, 0), (status, written));
        }
    }

    [Theory]
    [InlineData("""{"action":"sendMessage", body:"hello"}""", "sendMessage")]
    [InlineData("""{action: "laconia"}""", "laconia")]
    [InlineData("{action: join}", "join")]
    [InlineData("{'action': 'it\\'s'}", "it's")]
    [InlineData("""{"action":"join",}""", "join")]
    [InlineData("{action: [a, 'b', \"c\",],}", "[a, b, c]")]
    [InlineData("{action: {a: 1, b: x y}}", "{a=1, b=x y}")]
    [InlineData("{\"text\":\"two\nlines\", \"action\":\"join\"}", "join")]
    [InlineData("{url: http://host/path?x=1, action: 007}", "007")]
    [InlineData("""{"a":"\q\é", "action":"\é\q"}""", "éq")]
    public void Evaluate_LenientJson_IsUnderstoodUnlessSwitchedOff(string body, string key)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Span<byte> destination = stackalloc byte[64];

        var lenient = Parse("$request.body.action", SelectionScope.Route).Evaluate(bytes, destination, out var written);

        Assert.Equal(SelectionStatus.Ok, lenient);
        Assert.Equal(key, Encoding.UTF8.GetString(destination[..written]));
        Assert.True(SelectionExpression.TryParse("$request.body.action", SelectionScope.Route, out var strict, out _, lenient: false));
        Assert.Equal(SelectionStatus.NotJson, strict.Evaluate(bytes, destination, out _));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(10_000, false)]
    public void Evaluate_DeepBody_IsJsonToDepth64(int depth, bool isJson)
    {
        var body = new string('[', depth) + new string(']', depth);

        var status = Parse("$request.body.a", SelectionScope.Route).Evaluate(Encoding.UTF8.GetBytes(body), new byte[8], out _);

        Assert.Equal(isJson ? SelectionStatus.Ok : SelectionStatus.NotJson, status);
    }

    [Theory]
    [InlineData("$request.body.a", """{"a":"12345"}""")]
    [InlineData("$request.body.a", """{"a":"1234\u0035"}""")]
    [InlineData("$request.body.a", """{"a":[1,2]}""")]
    [InlineData("$request.body.a", """{"a":{"b":1}}""")]
    [InlineData("12345", "{}")]
    public void Evaluate_KeyLongerThanDestination_IsTooLong(string expression, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var compiled = Parse(expression, SelectionScope.Route);

        Assert.Equal((SelectionStatus.TooLong, 0), (compiled.Evaluate(bytes, new byte[4], out var written), written));
        Assert.Equal(SelectionStatus.Ok, compiled.Evaluate(bytes, new byte[6], out _));
    }

    [Theory]
    [InlineData(0, "$request.body.action")]
    [InlineData(0, "action")]
    [InlineData(1, "$default")]
    [InlineData(1, @"\$default")]
    [InlineData(1, "$request.body.type")]
    [InlineData(2, "$default")]
    [InlineData(2, "${request.body.a}-x")]
    [InlineData(3, "$integration.response.statuscode")]
    [InlineData(3, "${response.statuscode}")]
    [InlineData(3, "$integration.response.body.errorMessage")]
    [InlineData(3, "$default")]
    [InlineData(4, "${integration.response.statuscode}-${integration.response.header.X-Kind}-${integration.response.multivalueheader.X}")]
    [InlineData(4, "$request.body.a")]
    [InlineData(5, "$default")]
    [InlineData(5, @"\$default")]
    [InlineData(6, "$request.header.x-api-key")]
    [InlineData(6, "$context.authorizer.usageIdentifierKey")]
    [InlineData(7, "$request.basepath")]
    public void TryParse_VariableOfScope_IsAccepted(int scope, string expression)
    {
        Assert.True(SelectionExpression.TryParse(expression, (SelectionScope)scope, out var compiled, out var error), error);
        Assert.Equal(expression, compiled.Text);
    }

    [Theory]
    [InlineData(0, "$request.header.x", "column 1: '$request.header.x': it cannot be used in a route selection expression; use $request.body.{path} or static text")]
    [InlineData(0, "a-${context.routeKey}", "column 3: '${context.routeKey}': it cannot be used in a route")]
    [InlineData(0, "$stageVariables.x", "column 1: '$stageVariables.x'")]
    [InlineData(0, "$default", @"column 1: '$default' is not a variable; write \$default")]
    [InlineData(0, "$request.body.a/$request.body.b", "column 1: '$request.body.a' stands beside other text; wrap it in braces: ${request.body.a}")]
    [InlineData(0, "x$request.body.a", "column 2: '$request.body.a' stands beside")]
    [InlineData(0, "${request.body.a", "column 1: '}' is missing")]
    [InlineData(0, "a $ b", @"column 3: a variable's name must follow '$'; write \$ for a dollar sign")]
    [InlineData(0, "", "the expression is empty")]
    [InlineData(0, "$request.body..a", "recursive descent")]
    [InlineData(0, "$request.body.*", "wildcard '*'")]
    [InlineData(0, "$request.body.a[*]", "'[*]' is not supported")]
    [InlineData(0, "$request.body.a[?(@.b)]", "'[?(@.b)]' is not supported")]
    [InlineData(0, "$request.body.", "a name is missing behind '.'")]
    [InlineData(0, "$request.body.a[1", "']' is missing")]
    [InlineData(0, "$request.bodyx.a", "it cannot be used")]
    [InlineData(1, "$integration.response.statuscode", "it cannot be used in a model selection expression")]
    [InlineData(2, "$integration.response.statuscode", "it cannot be used in a template selection expression")]
    [InlineData(3, "$request.body.a", "it cannot be used in an integration response selection expression")]
    [InlineData(3, "static", "column 1: 'static' has static text")]
    [InlineData(5, "$request.body.a", "use $default")]
    [InlineData(5, "text", "use $default")]
    [InlineData(6, "$request.header.other", "use $request.header.x-api-key or $context.authorizer.usageIdentifierKey")]
    [InlineData(6, "$default", "use $request.header.x-api-key")]
    [InlineData(7, "$request.body.a", "use $request.basepath")]
    [InlineData(7, "x", "static text, which cannot be used in an API mapping selection expression")]
    public void TryParse_ElsewhereOrMalformed_NamesVariableColumnAndMend(int scope, string expression, string expected)
    {
        Assert.False(SelectionExpression.TryParse(expression, (SelectionScope)scope, out var compiled, out var error));
        Assert.Null(compiled);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_BeyondBounds_IsRefused()
    {
        Assert.False(SelectionExpression.TryParse(new string('x', 1025), SelectionScope.Route, out _, out var tooLong));
        Assert.Contains("1025 characters", tooLong, StringComparison.Ordinal);

        var many = string.Concat(Enumerable.Repeat("${request.body.a}", 17));
        Assert.False(SelectionExpression.TryParse(many, SelectionScope.Route, out _, out var tooMany));
        Assert.Contains("more than 16 variables", tooMany, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "$integration.response.statuscode", "404")]
    [InlineData(3, "$integration.response.body.errorMessage", "Bad \"thing\"")]
    [InlineData(3, "$default", "$default")]
    [InlineData(4, "${integration.response.statuscode}/${integration.response.header.x-kind}/${integration.response.multivalueheader.x-kind}/${request.body.a}", "404/b/a,b/1")]
    [InlineData(6, "$request.header.X-API-Key", "key-1")]
    [InlineData(6, "$context.authorizer.usageIdentifierKey", "key-2")]
    [InlineData(7, "$request.basepath", "v1")]
    public void Evaluate_OtherSources_GivesKey(int scope, string expression, string key)
    {
        var source = new FakeMessageSource
        {
            Body = """{"a":1}""",
            Answer = """{"errorMessage":"Bad \"thing\"","errorType":"Error"}""",
            ResponseStatus = 404,
            BasePath = "v1",
            Headers = { ["x-api-key"] = "key-1" },
            AnswerHeaders = { ["X-Kind"] = new(["a", "b"]) },
            Context = { ["authorizer.usageIdentifierKey"] = "key-2" },
        };
        var writer = new ArrayBufferWriter<byte>();

        var status = Parse(expression, (SelectionScope)scope).Evaluate(source, writer);

        Assert.Equal(SelectionStatus.Ok, status);
        Assert.Equal(key, Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    [Fact]
    public void Evaluate_SourcesMissing_GivesEmptyKey()
    {
        foreach (var (scope, expression) in new[]
        {
            (SelectionScope.IntegrationResponse, "$integration.response.statuscode"),
            (SelectionScope.IntegrationResponse, "$integration.response.body.errorMessage"),
            (SelectionScope.IntegrationResponseTemplate, "$integration.response.header.x"),
            (SelectionScope.ApiKey, "$request.header.x-api-key"),
            (SelectionScope.ApiKey, "$context.authorizer.usageIdentifierKey"),
            (SelectionScope.ApiMapping, "$request.basepath"),
        })
        {
            var writer = new ArrayBufferWriter<byte>();
            Assert.Equal(SelectionStatus.Ok, Parse(expression, scope).Evaluate(new FakeMessageSource(), writer));
            Assert.Equal(0, writer.WrittenCount);
        }
    }

    [Fact]
    public void Evaluate_SourceWithBodyThatIsNotJson_WritesNothing()
    {
        var writer = new ArrayBufferWriter<byte>();

        var status = Parse("${integration.response.statuscode}${request.body.a}", SelectionScope.IntegrationResponseTemplate)
            .Evaluate(new FakeMessageSource { Body = "hello", ResponseStatus = 200 }, writer);

        Assert.Equal((SelectionStatus.NotJson, 0), (status, writer.WrittenCount));
    }

    [Fact]
    public void Evaluate_NeedsMoreThanBody_Throws()
    {
        var compiled = Parse("$request.basepath", SelectionScope.ApiMapping);

        Assert.False(compiled.IsBodyOnly);
        Assert.Throws<InvalidOperationException>(() => compiled.Evaluate("{}"u8, new byte[8], out _));
    }

    [Theory]
    [InlineData("$request.body.action", """{"action":"join","text":"hello world","n":[1,2,{"x":true}]}""")]
    [InlineData("${request.body.service}/${request.body.action}", """{"serv\u0069ce":"ch\u0061t","action":["a",{"b":1}]}""")]
    [InlineData("$request.body.action", "{action: join, text: 'x'}")]
    [InlineData("$request.body.action", "this is not JSON")]
    [InlineData("$request.body.action", """{"action": broken""")]
    public void Evaluate_Always_AllocatesNothing(string expression, string body)
    {
        var compiled = Parse(expression, SelectionScope.Route);
        var bytes = Encoding.UTF8.GetBytes(body);
        var destination = new byte[128];
        compiled.Evaluate(bytes, destination, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            compiled.Evaluate(bytes, destination, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SelectionExpression Parse(string text, SelectionScope scope)
    {
        Assert.True(SelectionExpression.TryParse(text, scope, out var expression, out var error), error);
        return expression;
    }
}
