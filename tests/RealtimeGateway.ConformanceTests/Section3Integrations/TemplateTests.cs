using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Section3Integrations;

/// <summary>
/// Mapping templates, as messages see them
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-transformations.html and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mapping-template-reference.html).
/// </summary>
[Trait("Section", "3.7")]
public sealed class TemplateTests
{
    private const string Body = """{"action":"say","text":"it's \"h\u00e9\"","n":3,"list":["a","b","c"],"deep":{"x":[1, 2]}}""";

    /// <summary>The language and each of its variables.</summary>
    [Theory]
    [InlineData("$input.body", Body)]
    [InlineData("$input.json('$.deep')", """{"x":[1,2]}""")]
    [InlineData("$input.json('$.n')", "3")]
    [InlineData("$input.path('$.action')", "say")]
    [InlineData("$input.path('$.list').size()", "3")]
    [InlineData("#set($x = $input.path('$.n'))#if($x > 5)big#elseif($x == 3)three#{else}small#end", "three")]
    [InlineData("#foreach($e in $input.path('$.list'))$foreach.index:$e#if($foreach.hasNext),#end#end", "0:a,1:b,2:c")]
    [InlineData("a## a comment\nb", "ab")]
    [InlineData("${stageVariables.backend}|$stageVariables['backend']|$!stageVariables.missing|", "v7|v7||")]
    [InlineData("$util.escapeJavaScript($input.path('$.text'))", """it\'s \"h\u00E9\" """)]
    [InlineData("$util.urlEncode('a b&c')|$util.urlDecode('a+b%26c')", "a+b%26c|a b&c")]
    [InlineData("$util.base64Encode('hello')|$util.base64Decode('aGVsbG8=')", "aGVsbG8=|hello")]
    [InlineData("""#set($o = $util.parseJson('{"k":[1,{"z":"deep"}]}'))$o.k[1].z""", "deep")]
    [InlineData("$context.routeKey $context.eventType $context.stage $context.apiId", "$default MESSAGE prod chat")]
    [InlineData("$!context.authorizer.principalId|$!context.nothing.like.it|", "||")]
    public async Task Evaluates_Template(string template, string expected)
    {
        await using var gateway = await StartAsync(Scene.Mock(template));
        using var client = await gateway.ConnectAsync();
        var text = await client.AskAsync(Body);
        Assert.Equal(expected.TrimEnd(' '), text.Replace("\n", "", StringComparison.Ordinal));
    }

    /// <summary>A loop has at most a thousand rounds.</summary>
    [Fact]
    public async Task Bounds_Loops()
    {
        await using var gateway = await StartAsync(Scene.Mock("#foreach($i in [1..$input.path('$.n')])x#end"));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(new string('x', 1000), await client.AskAsync("""{"n":1000}"""));
        Assert.StartsWith("""{"message": "Internal server error",""", await client.AskAsync("""{"n":1001}"""), StringComparison.Ordinal);
    }

    /// <summary>What a request template makes is the body of the call: HTTP, a function, and with the handshake's parameters on <c>$connect</c>.</summary>
    [Theory]
    [InlineData(IntegrationType.Http)]
    [InlineData(IntegrationType.Aws)]
    public async Task Shapes_Request(IntegrationType type)
    {
        const string template = """{"conn":"$context.connectionId","list":$input.json('$.list'),"stage":"$stageVariables.backend"}""";
        await using var gateway = await StartAsync(Call(type, (Route.Default, template)));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("done"));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("done", await client.AskAsync(Body));

        Assert.Equal(
            $$"""{"conn":"{{gateway.TheConnection().Id}}","list":["a","b","c"],"stage":"v7"}""", (await gateway.Backend.NextAsync()).Text);
    }

    [Fact]
    public async Task Shapes_Request_OfConnect_FromItsParameters()
    {
        const string template = """
            {"room":"$input.params('room')","agent":"$input.params().header.get('User-Agent')","tag":"$input.params().querystring.get('tag')","none":"$input.params('none')"}
            """;
        await using var gateway = await StartAsync(Call(IntegrationType.Http, (Route.Default, template)), Route.Connect);
        using var client = await gateway.ConnectAsync("/prod?room=blue&tag=x", "User-Agent: demo");
        Assert.Equal(101, client.Status);
        Assert.Equal("""{"room":"blue","agent":"demo","tag":"x","none":""}""", (await gateway.Backend.NextAsync()).Text.Trim());
    }

    /// <summary>The template is chosen by an expression, else it is <c>$default</c>.</summary>
    [Theory]
    [InlineData("""{"kind":"short"}""", "S")]
    [InlineData("""{"kind":"long"}""", "D")]
    [InlineData("no JSON", "D")]
    public async Task Chooses_RequestTemplateByExpression(string message, string sent)
    {
        await using var gateway = await StartAsync(Call(IntegrationType.Http, ("short", "S"), (Route.Default, "D")) with { TemplateSelectionExpression = "$request.body.kind" });
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("done"));
        using var client = await gateway.ConnectAsync();
        _ = await client.AskAsync(message);
        Assert.Equal(sent, (await gateway.Backend.NextAsync()).Text);
    }

    /// <summary>What becomes of a message that no template takes: the whole table.</summary>
    [Theory]
    [InlineData(PassthroughBehavior.WhenNoMatch, true, true)]
    [InlineData(PassthroughBehavior.WhenNoMatch, false, true)]
    [InlineData(PassthroughBehavior.WhenNoTemplates, true, false)]
    [InlineData(PassthroughBehavior.WhenNoTemplates, false, true)]
    [InlineData(PassthroughBehavior.Never, true, false)]
    [InlineData(PassthroughBehavior.Never, false, false)]
    public async Task Passes_OrRefuses_WithoutATemplate(PassthroughBehavior behavior, bool hasTemplates, bool passes)
    {
        var integration = Call(IntegrationType.Http, hasTemplates ? [("other", "O")] : []) with
        {
            PassthroughBehavior = behavior, TemplateSelectionExpression = "$request.body.kind",
        };
        await using var gateway = await StartAsync(integration);
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.Text));
        using var client = await gateway.ConnectAsync();

        if (passes)
        {
            Assert.Equal(Body, await client.AskAsync(Body));
        }
        else
        {
            Assert.StartsWith("""{"message": "Unsupported Media Type",""", await client.AskAsync(Body), StringComparison.Ordinal);
            Assert.Empty(gateway.Backend.Calls);
        }
    }

    /// <summary>A template that is no template is told when the API is made, and one that fails costs its message an error frame.</summary>
    [Fact]
    public async Task Refuses_WrongTemplates()
    {
        await Assert.ThrowsAnyAsync<Exception>(static () => StartAsync(Scene.Mock("#if(")));
        await Assert.ThrowsAnyAsync<Exception>(static () => StartAsync(Scene.Mock(new string('x', (300 * 1024) + 1))));
        await using var gateway = await StartAsync(Scene.Mock("""$input.path("$input.body")"""));
        using var client = await gateway.ConnectAsync();
        Assert.StartsWith("""{"message": "Internal server error",""", await client.AskAsync("$..["), StringComparison.Ordinal);
    }

    private static Integration Call(IntegrationType type, params (string Key, string Template)[] templates) => new()
    {
        Id = "backend",
        Type = type,
        Uri = type == IntegrationType.Http ? "/x" : Configurations.FunctionArn,
        RequestTemplates = Scene.Map(templates),
    };

    private static Task<TestGateway> StartAsync(Integration integration, string route = Route.Default) => TestGateway.StartAsync(Scene.Of(
        integration,
        api => api with { Routes = [new Route { RouteKey = route, Target = "backend", HasRouteResponse = route == Route.Default }] },
        static stage => stage with { Variables = Scene.Map(("backend", "v7")) }));
}
